import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import type { Services } from '../gateway/services.ts'
import { sessionCaller, sessionCookie } from './identify.ts'
import { signIn } from './login.ts'
import { refreshTokenSeconds, revokeSession } from './tokens.ts'

/** next-auth over AIA's own sessions: the cookie names a session, the database decides whether it is open. */
export function browserSessionOptions(services: Services, requestId: string): NextAuthOptions {
  return {
    secret: services.keyring.secret('browser-session'),
    session: { strategy: 'jwt', maxAge: refreshTokenSeconds },
    pages: { signIn: '/signin' },
    cookies: {
      sessionToken: {
        name: sessionCookie,
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure: services.env.publicUrl.startsWith('https:') },
      },
    },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        async authorize(credentials) {
          if (!credentials) return null
          try {
            const session = await signIn(services, credentials, requestId)
            return { id: session.personId, sid: session.sessionId } as { id: string }
          } catch {
            return null // next-auth answers CredentialsSignin; the page says what that means
          }
        },
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        return user ? { sub: user.id, sid: (user as { sid?: string }).sid } : token
      },
      async session({ token, session }) {
        const caller = typeof token.sid === 'string' ? await sessionCaller(services, token.sid) : null
        // Anything but {} for an ended session keeps useSession "authenticated".
        return caller ? { ...session, user: { name: caller.name, email: caller.email } } : ({} as typeof session)
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await services.database.identity((tx) => revokeSession(tx, token.sid as string))
      },
    },
  }
}

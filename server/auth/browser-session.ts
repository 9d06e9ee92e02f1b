import { ORPCError } from '@orpc/server'
import type { NextAuthOptions } from 'next-auth'
import { encode } from 'next-auth/jwt'
import CredentialsProvider from 'next-auth/providers/credentials'
import { extensionsOf } from '../gateway/problem.ts'
import { addressOf, requestIdOf } from '../gateway/request.ts'
import type { Services } from '../gateway/services.ts'
import { type AuthenticationResponse, authenticationResponse } from './factors/shapes.ts'
import { sessionCaller, sessionCookie } from './identify.ts'
import { type SignInRequest, signIn, signInWithPasskey } from './login.ts'
import { refreshTokenSeconds } from './refresh-tokens.ts'
import { type OpenedSession, revokeSession } from './sessions.ts'

/** What the sign-in page is told through next-auth's one error text: a problem code, and seconds to wait or ways to prove a second factor. */
function refusal(error: unknown, headers: Headers): Error {
  const code = error instanceof ORPCError ? error.code : 'internal'
  if (code === 'mfa_required') {
    const { methods, refused } = (extensionsOf(error) ?? {}) as { methods?: string[]; refused?: boolean }
    return new Error(`${refused ? 'mfa_refused' : code}:${(methods ?? []).join('+')}`)
  }
  const wait = headers.get('retry-after')
  return new Error(wait ? `${code}:${wait}` : code)
}

/** The browser's cookie of a session, for a sign-in that did not come through next-auth. The same text that next-auth writes. */
export async function sessionCookieHeader(services: Services, session: { personId: string; sessionId: string }): Promise<string> {
  const secret = services.keyring.secret('browser-session')
  const value = await encode({ token: { sub: session.personId, sid: session.sessionId }, secret, maxAge: refreshTokenSeconds })
  const secure = services.env.publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${refreshTokenSeconds}${secure}`
}

/** The authenticator's answer that the page sends as text; null for anything else. */
function assertionIn(text: string | undefined): AuthenticationResponse | null {
  try {
    return authenticationResponse.safeParse(JSON.parse(text ?? '')).data ?? null
  } catch {
    return null
  }
}

/** next-auth over AIA's own sessions: the cookie names a session, the database decides whether it is open. */
export function browserSessionOptions(services: Services, requested: Headers): NextAuthOptions {
  const request: SignInRequest = {
    address: addressOf(requested),
    userAgent: requested.get('user-agent'),
    requestId: requestIdOf(requested),
    headers: new Headers(),
  }
  const opened = async (run: () => Promise<OpenedSession>) => {
    try {
      const session = await run()
      return { id: session.personId, sid: session.sessionId } as { id: string }
    } catch (error) {
      throw refusal(error, request.headers ?? new Headers())
    }
  }
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
        credentials: { email: { type: 'email' }, password: { type: 'password' }, otp: {}, recovery_code: {} },
        async authorize(credentials) {
          if (!credentials) return null
          const { email, password, otp, recovery_code: recoveryCode } = credentials
          // A form sends what was left empty too.
          return opened(() => signIn(services, { email, password, otp: otp || undefined, recoveryCode: recoveryCode || undefined }, request))
        },
      }),
      CredentialsProvider({
        id: 'passkey',
        name: 'Passkey',
        credentials: { response: {} },
        async authorize(credentials) {
          const response = assertionIn(credentials?.response)
          return response && opened(() => signInWithPasskey(services, response, request))
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

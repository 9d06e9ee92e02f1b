import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { oauthClients, oauthRecords } from '../tables.ts'
import { clientMetadata } from './clients.ts'

type Payload = Record<string, unknown> & { grantId?: string; uid?: string; consumed?: number }

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const contextOf = (model: string, idHash: string) => `oauth_records/${model}/${idHash}/sealed_payload`

const together = new AsyncLocalStorage<Transaction>()

/** One identity transaction for all that the provider reads and stores while `run` goes on: it happens with what `run` adds, or not at all. */
export const storedTogether = <T>({ database }: Pick<Services, 'database'>, run: (tx: Transaction) => Promise<T>): Promise<T> =>
  database.identity((tx) => together.run(tx, () => run(tx)))

/** For what the provider asks of AIA: in the transaction of `storedTogether`, outside of it in one of its own. */
export function identityStep<T>({ database }: Pick<Services, 'database'>, run: (tx: Transaction) => Promise<T>): Promise<T> {
  const open = together.getStore()
  return open ? run(open) : database.identity(run)
}

/** The error of RFC 6749, 5.2 for a code or token that does not count any more. */
export const invalidGrant = (why: string) => Object.assign(new Error(why), { status: 400, expose: true, error: 'invalid_grant' })

/**
 * Where oidc-provider keeps what it must remember, one adapter a model. Its ids are bearer secrets (codes, refresh tokens, session cookies),
 * so rows are found by their SHA-256, and payloads, which repeat the id, are sealed. Clients come from the table that administrators manage.
 */
export const recordsFor = (services: Services) =>
  function adapter(model: string) {
    const { keyring } = services
    const step = <T>(run: (tx: Transaction) => Promise<T>) => identityStep(services, run)
    const at = (id: string) => and(eq(oauthRecords.model, model), eq(oauthRecords.idHash, hashOf(id)))
    const opened = (row: typeof oauthRecords.$inferSelect | undefined): Payload | undefined => {
      if (!row || (row.expiresAt && row.expiresAt <= new Date())) return undefined
      const payload = JSON.parse(new TextDecoder().decode(keyring.open(row.sealedPayload, contextOf(model, row.idHash)))) as Payload
      return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1_000) } : payload
    }
    return {
      async find(id: string): Promise<Payload | undefined> {
        if (model === 'Client') {
          const [client] = await step((tx) => tx.select().from(oauthClients).where(eq(oauthClients.clientId, id)))
          return client && clientMetadata(client)
        }
        const [row] = await step((tx) => tx.select().from(oauthRecords).where(at(id)))
        return opened(row)
      },
      async findByUid(uid: string): Promise<Payload | undefined> {
        const [row] = await step((tx) =>
          tx
            .select()
            .from(oauthRecords)
            .where(and(eq(oauthRecords.model, model), eq(oauthRecords.uidHash, hashOf(uid)))),
        )
        return opened(row)
      },
      // Device codes are not offered.
      async findByUserCode(): Promise<undefined> {},
      async upsert(id: string, payload: Payload, expiresInSeconds?: number): Promise<void> {
        const idHash = hashOf(id)
        const values = {
          grantHash: payload.grantId ? hashOf(payload.grantId) : null,
          uidHash: payload.uid ? hashOf(payload.uid) : null,
          sealedPayload: keyring.seal(new TextEncoder().encode(JSON.stringify(payload)), contextOf(model, idHash)),
          expiresAt: expiresInSeconds ? new Date(Date.now() + expiresInSeconds * 1_000) : null,
        }
        await step((tx) =>
          tx
            .insert(oauthRecords)
            .values({ model, idHash, ...values })
            .onConflictDoUpdate({ target: [oauthRecords.model, oauthRecords.idHash], set: values }),
        )
      },
      async consume(id: string): Promise<void> {
        const used = await step((tx) =>
          tx
            .update(oauthRecords)
            .set({ consumedAt: new Date() })
            .where(and(at(id), isNull(oauthRecords.consumedAt)))
            .returning({ model: oauthRecords.model }),
        )
        if (used.length === 0) throw invalidGrant('it was used at the same moment')
      },
      async destroy(id: string): Promise<void> {
        await step((tx) => tx.delete(oauthRecords).where(at(id)))
      },
      async revokeByGrantId(grantId: string): Promise<void> {
        await step((tx) => tx.delete(oauthRecords).where(eq(oauthRecords.grantHash, hashOf(grantId))))
      },
    }
  }

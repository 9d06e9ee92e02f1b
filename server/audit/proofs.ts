import { and, eq } from 'drizzle-orm'
import { base64 } from '../crypto/transparency/bytes.ts'
import { consistencyPath, inclusionPath } from '../crypto/transparency/merkle.ts'
import { longOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { auditEntries } from '../gateway/tables.ts'
import { checkpointKeysOf, keysOfNote } from './checkpoint-keys.ts'
import { auditProof, auditSequence, consistencyInput, consistencyProof } from './contract.ts'
import { hashesOfRanges, latestCheckpoint, readLog } from './log.ts'
import { makeCheckpoint } from './sign-checkpoint.ts'
import { auditRows, noSuchRow, personalOf } from './view.ts'

export const getAuditProof = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/audit/entries/{sequence}',
    summary: 'One row with its inclusion proof to a signed checkpoint (RFC 6962)',
    tags: ['audit'],
  })
  .input(auditSequence)
  .output(auditProof)
  .handler(async ({ input, context: { read, caller, services } }) => {
    const { enterpriseId } = caller
    const { found, personal, latest } = await read(async (tx) => {
      const [entry] = await tx
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.enterpriseId, enterpriseId), eq(auditEntries.sequence, input.sequence)))
      if (!entry) throw noSuchRow()
      return { found: entry, personal: await personalOf(tx, services, enterpriseId, [entry]), latest: await latestCheckpoint(tx, enterpriseId) }
    })
    // The newest rows may not be signed yet.
    const checkpoint = latest && latest.size >= found.sequence ? latest : await makeCheckpoint(services, enterpriseId)
    const [proof = []] = await read((tx) => hashesOfRanges(tx, enterpriseId, [inclusionPath(found.sequence - 1, checkpoint.size)]))
    const [row] = await auditRows(services, [found], personal)
    if (!row) throw noSuchRow()
    const keys = keysOfNote(checkpoint.note, await checkpointKeysOf(services))
    return { row, leaf_hash: base64(found.leafHash), proof, checkpoint: checkpoint.note, keys }
  })

export const getAuditConsistency = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/audit/consistency',
    summary: 'Proof that the log at one size is the beginning of the log at a later size (RFC 6962)',
    tags: ['audit'],
  })
  .input(consistencyInput)
  .output(consistencyProof)
  .handler(async ({ input, context: { read, caller } }) =>
    read(async (tx) => {
      const { size } = await readLog(tx, caller.enterpriseId)
      const second = input.second ?? (await latestCheckpoint(tx, caller.enterpriseId))?.size ?? size
      if (second > size) throw problem('invalid_input', `The log has ${size} rows.`, [{ pointer: '/second', detail: `at most ${size}` }])
      if (input.first > second)
        throw problem('invalid_input', 'The older tree cannot be the larger one.', [{ pointer: '/first', detail: `at most ${second}` }])
      const [proof = [], roots = []] = await hashesOfRanges(tx, caller.enterpriseId, [
        consistencyPath(input.first, second),
        [
          [0, input.first],
          [0, second],
        ],
      ])
      return { first: input.first, second, first_root: roots[0] ?? '', second_root: roots[1] ?? '', proof }
    }),
  )

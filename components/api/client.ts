import { type Client, createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { z } from 'zod'
import type * as contract from '@/server/neural/contract'
import { call, ownHeaders } from './call'
import type { AtomDetail, AtomList, Metric, Model, Source, SourceList, SourceState, Status, StoredResult, Tier, TrainingRun } from './types'

type Operation<Input, Output> = Client<Record<never, never>, Input, Output, Error>
type Removal = z.infer<typeof contract.removal>
type Api = {
  auth: {
    profile: Operation<
      Record<string, never>,
      { person: { id: string; email: string; name: string | null }; enterprise: { id: string; name: string; tier: Tier }; role: string }
    >
  }
  neural: {
    status: Operation<Record<string, never>, Status>
    metrics: Operation<Record<string, never>, { metrics: Metric[]; measured_at: string }>
    train: Operation<Record<string, never>, TrainingRun>
    trainingRuns: Operation<Record<string, never>, { items: TrainingRun[] }>
    models: Operation<Record<string, never>, { items: Model[]; published: number }>
    publishModel: Operation<{ version: number }, unknown>
    feedback: Operation<z.input<typeof contract.feedbackInput>, z.infer<typeof contract.feedbackResult>>
    listSources: Operation<{ state?: SourceState; q?: string; limit?: number; cursor?: string }, SourceList>
    getSource: Operation<{ id: string }, Source>
    previewDelete: Operation<{ id: string }, Removal>
    deleteSource: Operation<{ id: string }, Removal>
    retrySource: Operation<{ id: string }, unknown>
    listAtoms: Operation<z.input<typeof contract.atomFilter>, AtomList>
    getAtom: Operation<{ id: string }, AtomDetail>
    listResults: Operation<{ limit?: number; cursor?: string }, z.infer<typeof contract.resultList>>
    getResult: Operation<{ id: string }, StoredResult>
  }
}

/** Every operation, called as a function; failures are Problems. */
export const client: Api = createORPCClient(new RPCLink({ url: () => `${location.origin}/rpc`, headers: () => ({ ...ownHeaders }), fetch: call }))

/** The same operations as TanStack Query options. */
export const orpc = createTanstackQueryUtils(client)

import type { Database } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import { type LatentModel, trainLatent } from './latent.ts'
import { latentShare, leastQuestions, type SwitchResult, testLatent } from './latent-switch.ts'
import { sentenceQuestions } from './pseudo-questions.ts'

const testQuestions = 1_000

export interface TrainedLatent {
  /** Null when the workspace is too small for one. */
  latent: LatentModel | null
  /** 0 when the switch test did not show that the model helps. */
  latentWeight: number
  test: SwitchResult | null
}

/**
 * Trains the latent model of a workspace and decides by its own sentences whether ranking may use it. Reads in one short transaction
 * and computes outside of any, giving way to other work all the time.
 * @throws the signal's reason when it is aborted
 */
export async function trainWorkspaceLatent(
  database: Database,
  index: LexicalIndex,
  enterpriseId: string,
  options: { seed?: number; signal?: AbortSignal; onProgress?: (share: number) => void } = {},
): Promise<TrainedLatent> {
  const { view, questions } = await database.tenant(enterpriseId, async (tx) => ({
    view: await index.view(tx, enterpriseId),
    questions: await sentenceQuestions(tx, enterpriseId, { seed: options.seed ?? 1, count: testQuestions }),
  }))
  const signal = options.signal ? { signal: options.signal } : {}
  const report = (from: number, width: number) => ({ ...signal, onProgress: (share: number) => options.onProgress?.(from + share * width) })
  if (questions.length >= leastQuestions) {
    // The tested model must not have read the sentences it is asked for; the one in use reads everything.
    const blind = await trainLatent(view, { ...report(0, 0.4), instead: new Map(questions.map(({ number, rest }) => [number, rest.terms])) })
    const test = blind ? await testLatent(view, blind, questions, report(0.4, 0.3)) : null
    return { latent: await trainLatent(view, report(0.7, 0.3)), latentWeight: test?.on ? latentShare : 0, test }
  }
  return { latent: await trainLatent(view, report(0, 1)), latentWeight: 0, test: null }
}

import type { PathwayKind } from '../tables.ts'
import type { LatentModel } from './latent.ts'

/** What retrieval ranks with: a version of the learned weights and, where the workspace has shown that it helps, its latent model. */
export interface PublishedModel {
  version: number
  /** How much evidence crosses a pathway of each kind, 0 = none, 1 = all of it. */
  weights: Record<PathwayKind, number>
  latent: LatentModel | null
  /** Share of the latent score beside BM25; 0 switches it off. */
  latentWeight: number
}

/** Where learning starts from: pathways that stand in the sources carry more than inferred ones. */
export const priorWeights: Record<PathwayKind, number> = { mentions: 1.1, references: 1, related: 0.8, contains: 0.5, similar: 0.5 }

/** The untrained model. */
export const priorModel: PublishedModel = { version: 0, weights: priorWeights, latent: null, latentWeight: 0 }

import { and, eq } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { deserialiseLatent, type LatentModel } from '../ranking/latent.ts'
import { type PublishedModel, priorModel } from '../ranking/model.ts'
import { knowledgeStates, models } from '../tables.ts'

export interface KnowledgeState {
  revision: number
  modelVersion: number
}

export async function readState(tx: Transaction, enterpriseId: string): Promise<KnowledgeState> {
  const [state] = await tx
    .select({ revision: knowledgeStates.revision, modelVersion: knowledgeStates.modelVersion })
    .from(knowledgeStates)
    .where(eq(knowledgeStates.enterpriseId, enterpriseId))
  return state ?? { revision: 0, modelVersion: 0 }
}

/** The model of a version, read once a process: models never change after they are stored. */
export async function loadModel(services: Services, enterpriseId: string, version: number): Promise<PublishedModel> {
  if (version === 0) return priorModel
  const loaded = services.once('neural.models', () => new Map<string, Promise<PublishedModel>>())
  const key = `${enterpriseId}/${version}`
  let model = loaded.get(key)
  if (!model) {
    // Versions replace each other; only the newest few of a process are asked for again.
    for (const old of loaded.keys()) if (loaded.size >= 8) loaded.delete(old)
    model = read(services, enterpriseId, version)
    loaded.set(key, model)
    model.catch(() => loaded.delete(key))
  }
  return model
}

async function read(services: Services, enterpriseId: string, version: number): Promise<PublishedModel> {
  const [row] = await services.database.read(enterpriseId, (tx) =>
    tx
      .select()
      .from(models)
      .where(and(eq(models.enterpriseId, enterpriseId), eq(models.version, version))),
  )
  if (!row) throw new Error(`Model ${version} is published but not stored.`)
  const latent: LatentModel | null = row.latentObjectKey ? deserialiseLatent(await services.objects.get(row.latentObjectKey)) : null
  return {
    version,
    weights: { ...priorModel.weights, ...(row.weights as Partial<PublishedModel['weights']>) },
    latent,
    latentWeight: row.latentWeight,
  }
}

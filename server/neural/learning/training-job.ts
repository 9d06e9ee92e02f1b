import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { problem } from '../../gateway/problem.ts'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition, JobInput, JobRun } from '../../jobs/port.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import { loadModel, readState } from '../asking/knowledge-state.ts'
import { lexicalIndexOf } from '../engine.ts'
import { serialiseLatent } from '../ranking/latent.ts'
import { decidePublication, evaluate, learnWeights } from '../ranking/learn.ts'
import { type Measures, measure } from '../ranking/measures.ts'
import { type PublishedModel, priorModel } from '../ranking/model.ts'
import { rank } from '../ranking/rank.ts'
import { trainWorkspaceLatent } from '../ranking/train-latent.ts'
import { knowledgeStates, models, trainingRuns } from '../tables.ts'
import { type JudgedQuestion, judgedSet } from './judged-set.ts'
import { readFeedback } from './verdicts.ts'

const percent = (share: number) => Math.round(share * 10_000) / 100
const shown = (measures: Measures) => ({
  questions: measures.questions,
  recall_at_5: percent(measures.recallAt5),
  ndcg_at_10: percent(measures.ndcgAt10),
})

/** Progress is told in hundredths: the latent model takes most of a run. */
const steps = { latent: 60, before: 80, after: 100 }

async function judge(
  services: Services,
  enterpriseId: string,
  questions: readonly JudgedQuestion[],
  model: PublishedModel,
  progress: (share: number) => Promise<void>,
): Promise<Measures> {
  const index = lexicalIndexOf(services)
  let done = 0
  return evaluate(
    questions,
    async (question) => {
      const ranked = await services.database.read(
        enterpriseId,
        async (tx) =>
          rank(tx, await index.view(tx, enterpriseId), enterpriseId, { question, mode: 'advanced', limit: 10, budget: { nodes: 2_000 }, model }),
        { keepPlans: true },
      )
      if (++done % 50 === 0) await progress(done / questions.length)
      return ranked
    },
    measure,
  )
}

async function train(services: Services, enterpriseId: string, runId: string, run: JobRun): Promise<void> {
  const { database, objects } = services
  const update = (values: Partial<typeof trainingRuns.$inferInsert>) =>
    database.tenant(enterpriseId, async (tx) => {
      await run.hold(tx)
      await tx.update(trainingRuns).set(values).where(eq(trainingRuns.id, runId))
      if (values.progressDone) await run.progress(tx, values.progressDone, steps.after)
      if (values.state === 'done') await publish(tx, enterpriseId, { kind: 'training.ended', id: runId, state: 'done', published: false })
    })
  await update({ state: 'running', progressDone: 0, progressTotal: steps.after, reason: null })
  await database.refreshStatistics()
  const { questions, feedback, state } = await database.tenant(enterpriseId, async (tx) => ({
    questions: await judgedSet(tx, enterpriseId),
    feedback: await readFeedback(tx),
    state: await readState(tx, enterpriseId),
  }))
  const current = await loadModel(services, enterpriseId, state.modelVersion)
  const { latent, latentWeight, test } = await trainWorkspaceLatent(database, lexicalIndexOf(services), enterpriseId)
  await update({ progressDone: steps.latent })
  const candidate: PublishedModel = {
    version: -1,
    weights: learnWeights(current.weights, priorModel.weights, feedback),
    latent: latentWeight > 0 ? latent : null,
    latentWeight,
  }
  const before = await judge(services, enterpriseId, questions, current, async (share) => {
    await update({ progressDone: Math.round(steps.latent + share * (steps.before - steps.latent)) })
  })
  await update({ progressDone: steps.before, before: shown(before) })
  const why = test
    ? `Latent score ${latentWeight > 0 ? 'on' : 'off'}: z ${test.z.toFixed(1)} over ${test.questions} held-out sentences.`
    : 'The workspace is too small for a latent model.'
  const same =
    !candidate.latent &&
    !current.latent &&
    Object.entries(candidate.weights).every(([kind, weight]) => Math.abs(weight - current.weights[kind as keyof typeof current.weights]) < 1e-9)
  if (same) {
    await update({
      state: 'done',
      progressDone: steps.after,
      after: shown(before),
      published: false,
      reason: `Nothing to change: no feedback that compares atoms. ${why}`,
      endedAt: new Date(),
    })
    return
  }
  const after = await judge(services, enterpriseId, questions, candidate, async (share) => {
    await update({ progressDone: Math.round(steps.before + share * (steps.after - steps.before)) })
  })
  const decision = decidePublication(before, after)
  const latentObjectKey = candidate.latent ? await objects.put(enterpriseId, serialiseLatent(candidate.latent)) : null
  await database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    const [last] = await tx.select({ version: models.version }).from(models).orderBy(desc(models.version)).limit(1).for('update')
    const version = (last?.version ?? 0) + 1
    await tx.insert(models).values({
      enterpriseId,
      version,
      state: decision.publish ? 'published' : 'rejected',
      weights: candidate.weights,
      latentObjectKey,
      latentWeight,
    })
    if (decision.publish)
      await tx.update(knowledgeStates).set({ modelVersion: version, updatedAt: sql`now()` }).where(eq(knowledgeStates.enterpriseId, enterpriseId))
    await tx
      .update(trainingRuns)
      .set({
        state: 'done',
        progressDone: steps.after,
        after: shown(after),
        modelVersion: version,
        published: decision.publish,
        reason: `${decision.reason} ${why}`,
        endedAt: new Date(),
      })
      .where(eq(trainingRuns.id, runId))
    await publish(tx, enterpriseId, { kind: 'training.ended', id: runId, state: 'done', published: decision.publish })
  })
}

/** One training run: latent model, weights from feedback, measures before and after on the frozen set, publication only when that set does not get worse. */
export const trainingJob: JobDefinition = {
  name: 'training',
  concurrency: 1,
  // One step: what learning gives to publishing is megabytes, and both must judge by the same questions.
  run: (services, { enterpriseId, runId }, run) => run.step('train', () => trainOnce(services, enterpriseId, String(runId), run)),
  cancelled: (tx, _services, input) => giveUp(tx, input, 'The run was cancelled.'),
  failed: (tx, _services, input) => giveUp(tx, input, 'The run stopped because of a fault on our side. Start another one.'),
  async again(tx, _services, { runId }) {
    const id = String(runId)
    const open = await tx
      .select({ id: trainingRuns.id })
      .from(trainingRuns)
      .where(inArray(trainingRuns.state, ['queued', 'running']))
    if (open.length > 0) throw problem('conflict', 'A training run waits or runs already; two would do the same work.')
    await tx.update(trainingRuns).set({ state: 'queued', reason: null, endedAt: null }).where(eq(trainingRuns.id, id))
  },
}

/** Says why a run that has not come to its end never will. */
async function giveUp(tx: Transaction, { enterpriseId, runId }: JobInput, reason: string): Promise<void> {
  const id = String(runId)
  const ended = await tx
    .update(trainingRuns)
    .set({ state: 'failed', reason, endedAt: new Date() })
    .where(and(eq(trainingRuns.id, id), inArray(trainingRuns.state, ['queued', 'running'])))
    .returning({ id: trainingRuns.id })
  if (ended.length > 0) await publish(tx, enterpriseId, { kind: 'training.ended', id, state: 'failed', published: false })
}

async function trainOnce(services: Services, enterpriseId: string, id: string, run: JobRun): Promise<void> {
  const [row] = await services.database.tenant(enterpriseId, (tx) =>
    tx.select({ state: trainingRuns.state }).from(trainingRuns).where(eq(trainingRuns.id, id)),
  )
  if (row && row.state !== 'done') await train(services, enterpriseId, id, run)
}

import { describe, expect, it } from 'vitest'
import { type PathwayKind, pathwayKinds } from '../tables.ts'
import { decidePublication, evaluate, type Feedback, learnWeights, type PathwayWeights } from './learn.ts'
import { measure } from './measures.ts'
import { priorWeights } from './model.ts'
import { seededRandom } from './random.ts'

// A world in which mentions lead to what answers and similar pathways lead astray.
const truth: PathwayWeights = { mentions: 1.2, references: 0.9, related: 0.8, contains: 0.4, similar: 0.05 }
const wrong: PathwayWeights = { mentions: 0.05, references: 0.1, related: 0.2, contains: 0.9, similar: 1.5 }

interface Shown {
  number: number
  kind: PathwayKind
  strength: number
  good: boolean
}

function world(random: () => number, questions: number): Shown[][] {
  return Array.from({ length: questions }, () =>
    Array.from({ length: 12 }, (_, number) => {
      const kind = pathwayKinds[Math.floor(random() * pathwayKinds.length)] as PathwayKind
      return { number, kind, strength: 0.3 + random() * 0.7, good: random() < truth[kind] / 1.6 }
    }),
  )
}

const order = (shown: Shown[], weights: PathwayWeights): Shown[] =>
  [...shown].sort((a, b) => weights[b.kind] * b.strength - weights[a.kind] * a.strength || a.number - b.number)

const judge = (questions: Shown[][], weights: PathwayWeights) =>
  evaluate(
    questions.map((shown, i) => ({ question: String(i), relevant: shown.filter(({ good }) => good).map(({ number }) => number) })),
    (question) => Promise.resolve(order(questions[Number(question)] as Shown[], weights)),
    measure,
  )

const feedbackOn = (questions: Shown[][], weights: PathwayWeights, verdict: (shown: Shown) => boolean): Feedback[] =>
  questions.map((shown) => ({
    verdicts: order(shown, weights).map((atom, i) => ({ useful: verdict(atom), place: i + 1, contributions: { [atom.kind]: atom.strength } })),
  }))

describe('learning from feedback', () => {
  it('true feedback improves a wrong start and is published', async () => {
    const random = seededRandom(7)
    const [asked, frozen] = [world(random, 120), world(random, 200)]
    const learned = learnWeights(
      wrong,
      priorWeights,
      feedbackOn(asked, wrong, ({ good }) => good),
    )
    const [before, after] = [await judge(frozen, wrong), await judge(frozen, learned)]
    expect(after.ndcgAt10).toBeGreaterThan(before.ndcgAt10 + 0.05)
    expect(learned.mentions).toBeGreaterThan(learned.similar)
    expect(decidePublication(before, after).publish).toBe(true)
  })

  it('random and hostile feedback never makes the judged set worse, because it is not published then', async () => {
    const seed = Date.now() % 100_000
    console.info(`feedback seed ${seed}`)
    let refused = 0
    for (let run = 0; run < 12; run++) {
      const random = seededRandom(seed + run)
      const [asked, frozen] = [world(random, 80), world(random, 120)]
      const verdict = run % 2 === 0 ? () => random() < 0.5 : ({ good }: Shown) => !good
      const learned = learnWeights(truth, priorWeights, feedbackOn(asked, truth, verdict))
      const [before, after] = [await judge(frozen, truth), await judge(frozen, learned)]
      const { publish } = decidePublication(before, after)
      if (!publish) refused++
      const inUse = publish ? after : before
      expect(inUse.recallAt5).toBeGreaterThanOrEqual(before.recallAt5 - 1e-9)
      expect(inUse.ndcgAt10).toBeGreaterThanOrEqual(before.ndcgAt10 - 1e-9)
    }
    expect(refused).toBeGreaterThanOrEqual(6) // all that was hostile
  })

  it('changes nothing without a pair to compare, and publishes nothing without judged questions', () => {
    const verdict = { useful: true, place: 1, contributions: { mentions: 1 } }
    expect(learnWeights(priorWeights, priorWeights, [{ verdicts: [verdict, verdict] }])).toEqual(priorWeights)
    expect(decidePublication(measure([]), measure([])).publish).toBe(false)
  })
})

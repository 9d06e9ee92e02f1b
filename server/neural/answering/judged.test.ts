import { describe, expect, it } from 'vitest'
import { terms } from '../lexical/analysis.ts'
import { runAgents } from './agents.ts'
import { type JudgedWorkspace, judged } from './judged.fixture.ts'
import type { Passage, Vocabulary } from './passage.ts'

// Documents cut at blank lines, ranked by weighted overlap: enough retrieval for workspaces of a dozen passages.
function workspace(documents: JudgedWorkspace['documents']) {
  const passages: Passage[] = documents.flatMap(({ title, text }, source) => {
    let heading = title
    const found: Passage[] = []
    for (const match of text.matchAll(/[^\n](?:.|\n(?!\n))*/g)) {
      const named = /^#+ (.*)$/.exec(match[0])
      if (named) heading = named[1] ?? title
      else
        found.push({
          atomId: `${source}:${match.index}`,
          number: 0,
          title: heading,
          text: match[0],
          score: 0,
          sourceId: String(source),
          sourceTitle: title,
          start: match.index,
          via: null,
        })
    }
    return found
  })
  passages.forEach((passage, number) => {
    passage.number = number
  })
  const bags = passages.map((passage) => new Set(terms(`${passage.title} ${passage.text}`)))
  const idf = (term: string) => {
    const holding = bags.filter((bag) => bag.has(term)).length
    return Math.log(1 + (bags.length - holding + 0.5) / (holding + 0.5))
  }
  const vocabulary: Vocabulary = { atoms: bags.length, idf }
  const retrieve = (question: string, limit: number): Passage[] => {
    const asked = [...new Set(terms(question))]
    return passages
      .map((passage, at) => ({ ...passage, score: asked.reduce((sum, term) => sum + (bags[at]?.has(term) ? idf(term) : 0), 0) }))
      .filter((passage) => passage.score > 0)
      .sort((a, b) => b.score - a.score || a.number - b.number)
      .slice(0, limit)
  }
  return { vocabulary, retrieve }
}

const spaces = judged.map((space) => ({ ...space, ...workspace(space.documents) }))
const ask = (space: (typeof spaces)[number], question: string, mode: 'standard' | 'enterprise' = 'standard') =>
  runAgents(
    { question, mode, budget: { agents: 16, timeMs: 5_000, nodes: 100 } },
    { retrieve: async (query, limit) => space.retrieve(query, limit), vocabulary: async () => space.vocabulary },
  )

describe.each(spaces)('questions to the $name workspace', (space) => {
  it.each(['standard', 'enterprise'] as const)('answers what the documents say, %s', async (mode) => {
    const wrong: string[] = []
    for (const [question, words] of space.covered) {
      const { status, answer, citations, confidence } = await ask(space, question, mode)
      if (status === 'no_answer' || !answer.includes(words)) wrong.push(`${question} => ${status} ${answer}`)
      expect(confidence).toBeGreaterThanOrEqual(0)
      expect(confidence).toBeLessThanOrEqual(1)
      for (const citation of citations) {
        expect(space.documents[Number(citation.sourceId)]?.text.slice(citation.start, citation.end)).toBe(citation.quote)
        expect(answer).toContain(`${citation.quote} [${citation.n}]`)
      }
    }
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(Math.ceil(space.covered.length * 0.12))
  })

  it.each(['standard', 'enterprise'] as const)('says no where they say nothing, %s', async (mode) => {
    const wrong: string[] = []
    for (const question of space.uncovered) {
      const outcome = await ask(space, question, mode)
      if (outcome.status !== 'no_answer') wrong.push(`${question} => ${outcome.status} ${outcome.confidence} ${outcome.answer}`)
      else {
        expect(outcome.citations).toEqual([])
        expect(outcome.answer).toBe('')
        expect(outcome.notFound.length, question).toBeGreaterThan(0)
      }
    }
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(Math.ceil(space.uncovered.length * 0.15))
  })
})

it('says no to questions that another workspace answers', async () => {
  const wrong: string[] = []
  let asked = 0
  for (const space of spaces)
    for (const other of spaces) {
      if (other.name === space.name) continue
      for (const [question] of other.covered) {
        asked++
        const { status, answer } = await ask(space, question)
        if (status !== 'no_answer') wrong.push(`${space.name}: ${question} => ${answer}`)
      }
    }
  expect(asked).toBeGreaterThan(200)
  expect(wrong.length / asked, wrong.join('\n')).toBeLessThan(0.03)
})

it.each(['What is the boiling point of tungsten?', 'What is the policy on pets?', 'What is the policy on parental bonuses?'])(
  'has no answer to %s',
  async (question) => {
    const handbook = spaces[0]
    if (!handbook) throw new Error('the fixture is empty')
    const outcome = await ask(handbook, question)
    expect(outcome).toMatchObject({ status: 'no_answer', citations: [], answer: '', usedPassages: [] })
  },
)

it('names what it did not find in the words of the question', async () => {
  const handbook = spaces[0]
  if (!handbook) throw new Error('the fixture is empty')
  expect((await ask(handbook, 'What is the boiling point of tungsten?')).notFound.join(' ')).toMatch(/boiling.*tungsten/)
  expect((await ask(handbook, 'Who is Barnaby Quist?')).notFound).toContain('Barnaby Quist')
})

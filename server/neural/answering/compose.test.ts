import { expect, it } from 'vitest'
import { runAgents } from './agents.ts'
import type { Passage } from './passage.ts'

const manifest = (name: string, number: number, score: number, dependencies: string, via: Passage['via'] = null): Passage => ({
  atomId: name,
  number,
  title: name,
  text: `${name} 4.1.2: Styles for terminals\n\n${name} is published under the licence MIT.\n\n${name} runs on node >=10.\n\n${name} depends on ${dependencies}.`,
  score,
  sourceId: name,
  sourceTitle: name,
  start: 0,
  via,
})

it.each(['standard', 'advanced', 'enterprise'] as const)('does not answer about one subject with what a linked one says: %s', async (mode) => {
  const passages = [
    manifest('chalk', 1, 2, 'ansi-styles ^4.1.0, supports-color ^7.1.0'),
    manifest('ansi-styles', 2, 1.4, 'color-convert ^2.0.1', { from: 1, kind: 'references', weight: 1 }),
    manifest('supports-color', 3, 1.3, 'has-flag ^4.0.0', { from: 1, kind: 'references', weight: 1 }),
  ]
  const outcome = await runAgents(
    { question: 'What licence does chalk have, and what does it depend on?', mode, budget: { agents: 12, timeMs: 2_000, nodes: 500 } },
    { retrieve: async () => passages, vocabulary: async () => ({ atoms: 100, idf: () => 2 }) },
  )
  expect(outcome.status).toBe('answered')
  expect(outcome.answer).toContain('chalk is published under the licence MIT.')
  expect(outcome.answer).toContain('chalk depends on')
  expect(outcome.citations.map(({ title }) => title)).not.toContain('ansi-styles')
})

import { afterAll, expect, it } from 'vitest'
import { AnalysisThread } from './analysis-thread.ts'
import { analyseText } from './text-analysis.ts'

const thread = new AnalysisThread()
afterAll(() => thread.close())

const texts = Array.from(
  { length: 40 },
  (_, i) => `The Engine of Zürich ${i} turns "Silver Gears". It is kept at Station Q${i}, and its gear lever turns twice.`,
)

it('says of texts what their analysis in place says', async () => {
  const analysed = await thread.analyse(texts)
  expect([...analysed.keys()]).toEqual(texts)
  for (const text of texts) expect(analysed.get(text)).toEqual(analyseText(text))
})

it('leaves a few texts to the caller', async () => {
  expect((await thread.analyse(texts.slice(0, 3))).size).toBe(0)
})

it('leaves all of them to the caller when it ends, and begins anew for the next', async () => {
  // So much that the thread is at it still, however late it is ended.
  const asked = thread.analyse(texts.map((text) => text.repeat(1_000)))
  await thread.close()
  expect((await asked).size).toBe(0)
  expect((await thread.analyse(texts)).size).toBe(texts.length)
})

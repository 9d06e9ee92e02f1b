import { expect, test } from '@playwright/test'
import { startStandalone } from '../scripts/standalone.mjs'
import { tinyModel } from '../server/neural/vectors/model.fixture.ts'

// A start tries the model: a server that is ready has computed a vector, with what the build took along and nothing else.
test('the standalone server runs a model in a folder', async () => {
  const model = await tinyModel({ word: [0, 1] })
  const server = await startStandalone({ AIA_STARTER: 'off', AIA_EMBEDDINGS_DIR: model.folder })
  expect(await server.stop()).toBe(0)
  await model.remove()
})

test('the standalone server does not start with a folder that lacks something', async () => {
  const model = await tinyModel({ word: [0, 1] })
  await model.put('config.json', null)
  const start = startStandalone({ AIA_STARTER: 'off', AIA_EMBEDDINGS_DIR: model.folder })
  await expect(start).rejects.toThrow(`AIA_EMBEDDINGS_DIR=${model.folder} lacks config.json.`)
  await model.remove()
})

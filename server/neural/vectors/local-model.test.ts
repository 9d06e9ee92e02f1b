import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type LocalModel, openLocalModel } from './local-model.ts'
import { type TinyModel, tinyModel } from './model.fixture.ts'
import { readModelFolder } from './model-folder.ts'

const east = [0, 1, 0, 0]
const north = [0, 0, 1, 0]
const up = [0, 0, 0, 1]
const words = { east, north, up, twice: [0, 2, 0, 0], query: up, text: north, ':': [0, 0, 0, 0] }

async function folder(): Promise<TinyModel> {
  const model = await tinyModel(words)
  onTestFinished(() => model.remove())
  return model
}
async function opened(model: TinyModel, runtime?: string): Promise<LocalModel> {
  const local = await openLocalModel(model.folder, runtime)
  onTestFinished(() => local.close())
  return local
}
const rounded = (vector: Float32Array | undefined) => [...(vector ?? [])].map((value) => Math.round(value * 1e5) / 1e5)
const unit = (...sum: number[]) => sum.map((value) => Math.round((value / Math.hypot(...sum)) * 1e5) / 1e5)

describe('a local model', () => {
  let tiny: TinyModel
  let local: LocalModel
  beforeAll(async () => {
    tiny = await tinyModel(words)
    local = await openLocalModel(tiny.folder)
  })
  afterAll(async () => {
    await local?.close()
    await tiny?.remove()
  })

  it('gives the mean of the tokens at unit length', async () => {
    const vectors = await local.index(['East', 'east east north up twice', 'north, east'])
    expect(vectors.map(rounded)).toEqual([unit(0, 1, 0, 0), unit(0, 4, 1, 1), unit(1, 1, 1, 0)])
    expect(rounded(await local.question('up north'))).toEqual(unit(0, 0, 1, 1))
  })

  it('keeps the order of many texts', async () => {
    const texts = Array.from({ length: 70 }, (_, i) => `${'east '.repeat((i * 7) % 30)}north${' up'.repeat(i % 3)}`)
    const vectors = await local.index(texts)
    expect(vectors).toHaveLength(70)
    for (const [i, vector] of vectors.entries()) expect(rounded(vector)).toEqual(unit(0, (i * 7) % 30, 1, i % 3))
  })

  it('answers a question before all texts of a long list are done', async () => {
    const order: string[] = []
    const list = local.index(Array.from({ length: 400 }, () => 'east north up')).then(() => order.push('texts'))
    await local.question('east').then(() => order.push('question'))
    await list
    expect(order).toEqual(['question', 'texts'])
  })

  it('refuses only the texts that it cannot compute', async () => {
    // The marks around a text count nothing here, so a text of nothing else has no direction.
    await expect(local.index(['east', ''])).rejects.toMatchObject({ kind: 'refused' })
    expect(await local.index(['east'])).toHaveLength(1)
  })
})

describe('what a folder says about its model', () => {
  it('is taken from onnx/ too', async () => {
    const model = await folder()
    await mkdir(join(model.folder, 'onnx'))
    await rename(join(model.folder, 'model.onnx'), join(model.folder, 'onnx', 'model.onnx'))
    expect(rounded(await (await opened(model)).question('up'))).toEqual(up)
  })

  it.each([
    ['flags', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }],
    ['a name', { pooling_mode: 'cls' }],
  ])('pools by the first token where it says so by %s', async (_, config) => {
    const model = await folder()
    // Another first mark, with a vector of its own: only this one counts.
    const tokenizer = JSON.parse(await readFile(join(model.folder, 'tokenizer.json'), 'utf8'))
    await model.put('tokenizer.json', { ...tokenizer, post_processor: { type: 'BertProcessing', cls: ['up', 6], sep: ['[SEP]', 3] } })
    await model.put('1_Pooling/config.json', config)
    expect(rounded(await (await opened(model)).question('east east'))).toEqual(up)
  })

  it.each([
    [6, 'sentence_bert_config.json', { max_seq_length: 6 }],
    [5, 'tokenizer_config.json', { model_max_length: 5 }],
    [7, 'config.json', { model_type: 'bert', max_position_embeddings: 7 }],
    [4, 'config.json', { model_type: 'roberta', max_position_embeddings: 6, pad_token_id: 1 }],
  ])('cuts texts to %i tokens, marks included, where %s says so', async (tokens, file, content) => {
    const model = await folder()
    await model.put(file, content)
    const read = [east, east, north, up, east, east, east].slice(0, tokens - 2)
    const sum = read.reduce((sum, vector) => sum.map((value, axis) => value + (vector[axis] as number)), [0, 0, 0, 0])
    const local = await opened(model)
    expect(rounded(await local.question('east east north up east east east'))).toEqual(unit(...sum))
  })

  it('puts the prompts of the model in front', async () => {
    const model = await folder()
    await model.put('config_sentence_transformers.json', { prompts: { query: 'query: ', document: 'text: ' }, default_prompt_name: null })
    const local = await opened(model)
    expect(rounded(await local.question('east'))).toEqual(unit(0, 1, 0, 1))
    expect((await local.index(['east'])).map(rounded)).toEqual([unit(0, 1, 1, 0)])
  })

  it('names it by its files, wherever they stand', async () => {
    const model = await folder()
    const other = await model.copy()
    onTestFinished(() => other.remove())
    const { identity } = await readModelFolder(model.folder)
    expect(identity).toMatch(/^onnx:[0-9a-f]{32}$/)
    expect((await readModelFolder(other.folder)).identity).toBe(identity)
    await other.put('1_Pooling/config.json', { pooling_mode: 'mean' })
    expect((await readModelFolder(other.folder)).identity).not.toBe(identity)
    const changed = await tinyModel({ ...words, east: north })
    onTestFinished(() => changed.remove())
    expect((await readModelFolder(changed.folder)).identity).not.toBe(identity)
  })
})

describe('a folder that does not do is refused in one line', () => {
  it.each<[string, string, unknown]>([
    ['lacks model.onnx (or onnx/model.onnx)', 'model.onnx', null],
    ['lacks tokenizer.json', 'tokenizer.json', null],
    ['lacks config.json', 'config.json', null],
    ['holds a config.json that is no JSON', 'config.json', '{'],
    ['holds a wrong sentence_bert_config.json (max_seq_length', 'sentence_bert_config.json', { max_seq_length: 'long' }],
    ['pools by lasttoken (1_Pooling/config.json)', '1_Pooling/config.json', { pooling_mode_lasttoken: true }],
    ['has a module "Dense" behind the model', 'modules.json', [{ type: 'sentence_transformers.models.Dense' }]],
    ['does not work: ', 'model.onnx', 'no model'],
    ['does not work: ', 'tokenizer.json', '{}'],
  ])('%s', async (line, file, content) => {
    const model = await folder()
    await model.put(file, content)
    const error = await openLocalModel(model.folder).then(
      () => new Error('opened'),
      (reason: Error) => reason,
    )
    expect(error.message).toContain(line)
    expect(error.message).toContain(model.folder)
    expect(error.message).not.toContain('\n')
  })

  it('that is not there', async () => {
    await expect(openLocalModel('/nowhere')).rejects.toThrow('AIA_EMBEDDINGS_DIR=/nowhere is not a folder')
  })

  it('names everything that is missing, and the package when that is missing', async () => {
    const model = await folder()
    await expect(openLocalModel(model.folder, 'onnxruntime-absent')).rejects.toThrow(
      /run "npm install --no-save onnxruntime-web@[\d.]+" in AIA's folder/,
    )
    await model.put('model.onnx', null)
    await model.put('config.json', null)
    await expect(openLocalModel(model.folder)).rejects.toThrow('lacks model.onnx (or onnx/model.onnx), config.json')
  })
})

/** Stands for the runtime: answers "east", never comes back from "north", and dies of "up". */
const mortalRuntime = `data:text/javascript,${encodeURIComponent(`
  export const env = { wasm: {} }
  export class Tensor { constructor(type, data, dims) { Object.assign(this, { type, data, dims }) } }
  export const InferenceSession = { create: async () => ({
    inputNames: ['input_ids'], inputMetadata: [{ type: 'int64' }],
    async run({ input_ids }) {
      if (input_ids.data.includes(6n)) process.exit(1)
      if (input_ids.data.includes(5n)) await new Promise(() => {})
      return { sentence_embedding: { type: 'float32', dims: [1, 2], data: Float32Array.of(3, 4) } }
    },
  }) }`)}`

describe('a model that fails', () => {
  it('is given up by a question when it takes too long', async () => {
    const local = await opened(await folder(), mortalRuntime)
    await expect(local.question('north', 20)).rejects.toMatchObject({ kind: 'unavailable', message: 'no vector after 20 ms' })
    expect(rounded(await local.question('east'))).toEqual([0.6, 0.8])
  })

  it('fails what waits for it when its thread dies, and another thread takes its place', async () => {
    const local = await opened(await folder(), mortalRuntime)
    await expect(local.question('up')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(rounded(await local.question('east'))).toEqual([0.6, 0.8])
    await local.close()
    await expect(local.question('east')).rejects.toMatchObject({ kind: 'unavailable' })
  })
})

// The thread in which a local model runs: texts in, unit vectors out. Plain JavaScript, since Node starts it as the file it is;
// local-model.ts starts it and speaks with it. Nothing here reaches for the network.
import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Tokenizer } from '@huggingface/tokenizers'

/** @type {import('./local-model.ts').ThreadData} */
const { runtime, modelFile, externalDataFiles, tokenizerFile, tokenizerConfigFile, pooling, maxTokens, padTokenId, threads } = workerData

globalThis.fetch = () => Promise.reject(new Error('A local model stays on this machine.'))

const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'))

async function importRuntime() {
  try {
    return await import(runtime)
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND') parentPort.postMessage({ failure: 'no runtime', message: error.message })
    throw error
  }
}

async function open() {
  const ort = await importRuntime()
  ort.env.logLevel = 'error'
  ort.env.wasm.numThreads = threads
  const tokenizer = new Tokenizer(await readJson(tokenizerFile), tokenizerConfigFile ? await readJson(tokenizerConfigFile) : {})
  const externalData = await Promise.all(externalDataFiles.map(async ({ path, file }) => ({ path, data: await readFile(file) })))
  const session = await ort.InferenceSession.create(await readFile(modelFile), { executionProviders: ['wasm'], externalData })
  return { ort, tokenizer, session }
}

/** The ids of a text: what is too long is cut at the end, before the marks that the model wants around every text. */
function idsOf(tokenizer, text) {
  const { ids } = tokenizer.encode(text)
  if (ids.length <= maxTokens) return ids
  const { ids: bare } = tokenizer.encode(text, { add_special_tokens: false })
  const marks = ids.length - bare.length
  let before = 0
  while (before < marks && bare.some((id, at) => ids[before + at] !== id)) before++
  return [...ids.slice(0, before), ...bare.slice(0, Math.max(0, maxTokens - marks)), ...ids.slice(before + bare.length)]
}

/** The numbers that an input of the model takes for a batch, row by row. */
function numbersFor(name, batch, width) {
  const numbers = new Array(batch.length * width).fill(0)
  for (const [row, ids] of batch.entries()) {
    for (let at = 0; at < width; at++) {
      const inside = at < ids.length
      if (name === 'input_ids') numbers[row * width + at] = inside ? ids[at] : padTokenId
      else if (name === 'attention_mask') numbers[row * width + at] = inside ? 1 : 0
      else if (name === 'position_ids') numbers[row * width + at] = at
      else if (name !== 'token_type_ids') throw new Error(`the model wants an input "${name}", which is not known here`)
    }
  }
  return numbers
}

function feedsFor({ ort, session }, batch, width) {
  return Object.fromEntries(
    session.inputNames.map((name, at) => {
      const numbers = numbersFor(name, batch, width)
      const type = session.inputMetadata[at].type
      const data = type === 'int32' ? Int32Array.from(numbers) : BigInt64Array.from(numbers, BigInt)
      return [name, new ort.Tensor(type === 'int32' ? 'int32' : 'int64', data, [batch.length, width])]
    }),
  )
}

/** Of the outputs the one that has a vector for every token; without one, vectors of whole texts are taken as they are. */
function vectorsIn(outputs) {
  const all = Object.entries(outputs)
  const ofTokens = all.filter(([, { dims }]) => dims.length === 3)
  const [, chosen] = ofTokens.find(([name]) => name === 'last_hidden_state' || name === 'token_embeddings') ??
    ofTokens[0] ??
    all.find(([, { dims }]) => dims.length === 2) ?? [null, null]
  if (!chosen) throw new Error('the model has no output of vectors')
  if (chosen.type !== 'float32') throw new Error(`the model answers with ${chosen.type}; float32 is needed`)
  return chosen
}

/** Adds up what counts of a text, and brings the sum to unit length. */
function pool({ data, dims }, batch) {
  const dimension = dims.at(-1)
  const rowLength = dims.length === 3 ? dims[1] * dimension : dimension
  const vectors = new Float32Array(batch.length * dimension)
  for (const [row, ids] of batch.entries()) {
    const sum = new Float64Array(dimension)
    const tokens = dims.length === 3 && pooling === 'mean' ? ids.length : 1
    for (let token = 0; token < tokens; token++) {
      const from = row * rowLength + token * dimension
      for (let i = 0; i < dimension; i++) sum[i] += data[from + i]
    }
    const length = Math.hypot(...sum)
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) throw new Error('the model answers with a vector that points nowhere')
    for (let i = 0; i < dimension; i++) vectors[row * dimension + i] = sum[i] / length
  }
  return { vectors, dimension }
}

async function embed(model, texts) {
  const batch = texts.map((text) => idsOf(model.tokenizer, text))
  if (batch.some(({ length }) => length === 0)) throw new Error('a text without tokens')
  const width = Math.max(...batch.map(({ length }) => length))
  const outputs = await model.session.run(feedsFor(model, batch, width))
  return pool(vectorsIn(outputs), batch)
}

const model = await open()
parentPort.on('message', async ({ id, texts }) => {
  try {
    const { vectors, dimension } = await embed(model, texts)
    parentPort.postMessage({ id, vectors, dimension }, [vectors.buffer])
  } catch (error) {
    parentPort.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

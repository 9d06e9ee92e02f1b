// The thread in which a local model runs: a text in, its unit vector out. Plain JavaScript, since Node starts it as the file it is;
// local-model.ts starts it and speaks with it. Nothing here reaches for the network.
import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Tokenizer } from '@huggingface/tokenizers'

/** @type {import('./local-model.ts').ThreadData} */
const { runtime, modelFile, externalDataFiles, tokenizerFile, tokenizerConfigFile, pooling, maxTokens, threads } = workerData

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

/** The numbers that an input of the model takes for a text. */
function numbersFor(name, ids) {
  if (name === 'input_ids') return ids
  if (name === 'attention_mask') return ids.map(() => 1)
  if (name === 'token_type_ids') return ids.map(() => 0)
  if (name === 'position_ids') return ids.map((_, place) => place)
  throw new Error(`the model wants an input "${name}", which is not known here`)
}

function feedsFor({ ort, session }, ids) {
  return Object.fromEntries(
    session.inputNames.map((name, at) => {
      const numbers = numbersFor(name, ids)
      const isShort = session.inputMetadata[at].type === 'int32'
      const data = isShort ? Int32Array.from(numbers) : BigInt64Array.from(numbers, BigInt)
      return [name, new ort.Tensor(isShort ? 'int32' : 'int64', data, [1, ids.length])]
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

/** Adds up the tokens that count, and brings the sum to unit length. */
function pool({ data, dims }) {
  const dimension = dims.at(-1)
  const tokens = dims.length === 3 && pooling === 'mean' ? dims[1] : 1
  const sum = new Float64Array(dimension)
  for (let at = 0; at < tokens * dimension; at++) sum[at % dimension] += data[at]
  const length = Math.hypot(...sum)
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) throw new Error('the model answers with a vector that points nowhere')
  return Float32Array.from(sum, (value) => value / length)
}

async function embed(model, text) {
  const ids = idsOf(model.tokenizer, text)
  if (ids.length === 0) throw new Error('a text without tokens')
  return pool(vectorsIn(await model.session.run(feedsFor(model, ids))))
}

const model = await open()
parentPort.on('message', async ({ id, text }) => {
  try {
    const vector = await embed(model, text)
    parentPort.postMessage({ id, vector }, [vector.buffer])
  } catch (error) {
    parentPort.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'

/** A sentence model on disk, as sentence-transformers and its ONNX exports are published, checked. */
export interface ModelFolder {
  /** Names the model by what its files hold: other files, another model, wherever they stand. */
  identity: string
  modelFile: string
  /** Weights that large models keep beside the graph, with the names that the graph calls them by. */
  externalDataFiles: { path: string; file: string }[]
  tokenizerFile: string
  tokenizerConfigFile: string | null
  pooling: 'mean' | 'cls'
  /** Most tokens of a text, the marks around it included. */
  maxTokens: number
  /** What the model wants in front of a question and of a text; mostly nothing. */
  prompts: { question: string; text: string }
}

/** Raised when vectors come out otherwise for the same files. */
const version = 1
const usualMaxTokens = 512
/** Some tokenizers say "no limit" by a number of thirty digits. */
const largestMaxTokens = 65_536

const modelFiles = ['model.onnx', join('onnx', 'model.onnx')]
const settings = {
  'config.json': z.looseObject({
    model_type: z.string().optional(),
    max_position_embeddings: z.number().positive().optional(),
    pad_token_id: z.number().int().min(0).nullish(),
  }),
  'tokenizer_config.json': z.looseObject({ model_max_length: z.number().positive().nullish() }),
  'sentence_bert_config.json': z.looseObject({ max_seq_length: z.number().int().positive().nullish() }),
  'config_sentence_transformers.json': z.looseObject({
    prompts: z.record(z.string(), z.string()).nullish(),
    default_prompt_name: z.string().nullish(),
  }),
  'modules.json': z.array(z.looseObject({ type: z.string() })),
  '1_Pooling/config.json': z.looseObject({ pooling_mode: z.string().optional(), include_prompt: z.boolean().optional() }),
}
type Setting = keyof typeof settings

const complaint = (folder: string, what: string): Error => new Error(`AIA cannot start: AIA_EMBEDDINGS_DIR=${folder} ${what}.`)

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** One of the folder's small files, checked; null when it is not there. */
async function readSetting<N extends Setting>(folder: string, name: N): Promise<z.infer<(typeof settings)[N]> | null> {
  const path = join(folder, name)
  if (!(await isFile(path))) return null
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch {
    throw complaint(folder, `holds a ${name} that is no JSON`)
  }
  const parsed = settings[name].safeParse(content)
  if (parsed.success) return parsed.data as z.infer<(typeof settings)[N]>
  const [issue] = parsed.error.issues
  throw complaint(folder, `holds a wrong ${name} (${[...(issue?.path ?? []), issue?.message].join(' ')})`)
}

/** Mean unless the model says otherwise; older folders have a flag a mode, newer ones name it. */
function poolingOf(folder: string, config: Record<string, unknown> | null): 'mean' | 'cls' {
  if (!config) return 'mean'
  const flags = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
  const named = typeof config.pooling_mode === 'string' ? [config.pooling_mode] : flags.map((flag) => flag.slice('pooling_mode_'.length))
  const modes = named.map((mode) => mode.replace(/_tokens?$/, ''))
  const [mode] = modes
  if (modes.length === 1 && (mode === 'mean' || mode === 'cls')) return mode
  throw complaint(folder, `pools by ${modes.join(' and ') || 'nothing'} (1_Pooling/config.json); mean and cls are supported`)
}

/** The smallest of the limits that the folder names. RoBERTa and its kin count positions from behind the padding token's number. */
function maxTokensOf(config: z.infer<(typeof settings)['config.json']>, ...limits: (number | null | undefined)[]): number {
  const offset = /roberta|mpnet|camembert/.test(config.model_type ?? '') ? (config.pad_token_id ?? 1) + 1 : 0
  const positions = config.max_position_embeddings ? config.max_position_embeddings - offset : null
  const named = [positions, ...limits].filter((limit): limit is number => typeof limit === 'number' && limit <= largestMaxTokens)
  return named.length > 0 ? Math.floor(Math.min(...named)) : usualMaxTokens
}

async function addFile(hash: ReturnType<typeof createHash>, name: string, path: string): Promise<void> {
  const content = createHash('sha256')
  for await (const part of createReadStream(path)) content.update(part as Buffer)
  hash.update(`${name}\0${content.digest('hex')}\n`)
}

/**
 * Reads and checks a folder with `model.onnx` or `onnx/model.onnx`, `tokenizer.json` and `config.json`; takes pooling, longest text and prompts
 * from the files that sentence-transformers puts beside them, where they are.
 * @throws Error of one line that names what is missing or not supported
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw complaint(folder, 'is not a folder')
  const present = await Promise.all(modelFiles.map((name) => isFile(join(folder, name))))
  const modelName = modelFiles.find((_, at) => present[at])
  const config = await readSetting(folder, 'config.json')
  const hasTokenizer = await isFile(join(folder, 'tokenizer.json'))
  if (!modelName || !hasTokenizer || !config) {
    const missing = [
      ...(modelName ? [] : ['model.onnx (or onnx/model.onnx)']),
      ...(hasTokenizer ? [] : ['tokenizer.json']),
      ...(config ? [] : ['config.json']),
    ]
    throw complaint(folder, `lacks ${missing.join(', ')}`)
  }
  const modules = (await readSetting(folder, 'modules.json')) ?? []
  const foreign = modules.map(({ type }) => type.split('.').at(-1)).find((type) => !['Transformer', 'Pooling', 'Normalize'].includes(type ?? ''))
  if (foreign) throw complaint(folder, `has a module "${foreign}" behind the model (modules.json), which is not supported`)
  const pooling = await readSetting(folder, '1_Pooling/config.json')
  const { prompts, default_prompt_name: usual } = (await readSetting(folder, 'config_sentence_transformers.json')) ?? {}
  const usualPrompt = (usual && prompts?.[usual]) || ''
  const tokenizerConfig = await readSetting(folder, 'tokenizer_config.json')
  const sentences = await readSetting(folder, 'sentence_bert_config.json')

  const modelFile = join(folder, modelName)
  const externalNames = [`${modelName}_data`, `${modelName}.data`]
  const externalPresent = await Promise.all(externalNames.map((name) => isFile(join(folder, name))))
  const external = externalNames.filter((_, at) => externalPresent[at])
  const hash = createHash('sha256').update(`${version}\n`)
  for (const name of [modelName, ...external]) await addFile(hash, basename(name), join(folder, name))
  for (const name of ['tokenizer.json', ...Object.keys(settings)]) {
    if (await isFile(join(folder, name))) await addFile(hash, name, join(folder, name))
  }
  return {
    identity: `onnx:${hash.digest('hex').slice(0, 32)}`,
    modelFile,
    externalDataFiles: external.map((name) => ({ path: basename(name), file: join(folder, name) })),
    tokenizerFile: join(folder, 'tokenizer.json'),
    tokenizerConfigFile: tokenizerConfig ? join(folder, 'tokenizer_config.json') : null,
    pooling: poolingOf(folder, pooling),
    maxTokens: maxTokensOf(config, sentences?.max_seq_length, tokenizerConfig?.model_max_length),
    prompts: { question: prompts?.query ?? usualPrompt, text: prompts?.document ?? prompts?.passage ?? usualPrompt },
  }
}

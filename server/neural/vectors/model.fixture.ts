import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

// A model so small that its vectors can be told by hand: a table of a row a word (ONNX operator Gather), as protocol buffers.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)])
const bytes = (field: number, value: Buffer | string): Buffer => {
  const content = Buffer.from(value as string)
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts))

const float = 1
const int64 = 7
function valueInfo(field: number, name: string, type: number, shape: (string | number)[]): Buffer {
  const dims = shape.map((dim) => message(1, typeof dim === 'number' ? number(1, dim) : bytes(2, dim)))
  return message(field, bytes(1, name), message(2, message(1, number(1, type), message(2, ...dims))))
}

/** The model's bytes: input_ids, attention_mask and token_type_ids in, of every token its row of the table out. */
function gatherModel(table: readonly (readonly number[])[]): Buffer {
  const dimension = table[0]?.length ?? 0
  const raw = Buffer.from(Float32Array.from(table.flat()).buffer)
  const graph = [
    message(1, bytes(1, 'table'), bytes(1, 'input_ids'), bytes(2, 'last_hidden_state'), bytes(4, 'Gather')),
    bytes(2, 'tiny'),
    message(5, number(1, table.length), number(1, dimension), number(2, float), bytes(8, 'table'), bytes(9, raw)),
    ...['input_ids', 'attention_mask', 'token_type_ids'].map((name) => valueInfo(11, name, int64, ['batch', 'tokens'])),
    valueInfo(12, 'last_hidden_state', float, ['batch', 'tokens', dimension]),
  ]
  return Buffer.concat([number(1, 8), message(7, ...graph), message(8, bytes(1, ''), number(2, 13))])
}

function wordPieceTokenizer(words: readonly string[]): unknown {
  const special = words.slice(0, 4).map((content, id) => ({ id, content, special: true, normalized: false }))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  }
}

export interface TinyModel {
  folder: string
  /** Writes (null: deletes) a file of the folder; what is no string becomes JSON. */
  put(name: string, content: unknown): Promise<void>
  /** Another folder with the same files. */
  copy(): Promise<TinyModel>
  remove(): Promise<void>
}

async function tinyFolder(): Promise<TinyModel> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-model-'))
  return {
    folder,
    async put(name, content) {
      const path = join(folder, name)
      if (content === null) return rm(path, { force: true })
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    },
    async copy() {
      const other = await tinyFolder()
      await cp(folder, other.folder, { recursive: true })
      return other
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/**
 * A folder with a model that knows these words, each with its vector. Marks around a text count nothing, unknown words point along the first axis.
 */
export async function tinyModel(vocabulary: Record<string, readonly number[]>): Promise<TinyModel> {
  const dimension = Object.values(vocabulary)[0]?.length ?? 0
  const row = (value: number): number[] => Array.from({ length: dimension }, (_, i) => (i === 0 ? value : 0))
  const table = [row(0), row(1), row(0), row(0), ...Object.values(vocabulary)]
  const model = await tinyFolder()
  await model.put('model.onnx', gatherModel(table))
  await model.put('tokenizer.json', wordPieceTokenizer(['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...Object.keys(vocabulary)]))
  await model.put('config.json', { model_type: 'bert', max_position_embeddings: 64, pad_token_id: 0 })
  return model
}

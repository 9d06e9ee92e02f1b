import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { shake128 } from '@noble/hashes/sha3.js'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { base64, concat, equal, fromBase64, hex, utf8 } from './bytes.ts'
import { type NoteSignature, parseNote, signatureTypes, signedNote, type VerifierKey, verifierKey } from './note.ts'

// Checkpoints: c2sp.org/tlog-checkpoint@v1.0.0. Signed twice: by a plain Ed25519 note signature, which every tool can check, and by an
// ML-DSA-44 cosignature (c2sp.org/tlog-cosignature), which a quantum computer cannot forge.

/** The head of a log: how many leaves it has and their root. */
export interface Checkpoint {
  /** Identifies the log, for example `aia.example/audit/<enterprise>`. */
  origin: string
  size: number
  root: Uint8Array
}

/** Seeds of both key pairs, 32 bytes each. */
export interface CheckpointSeeds {
  ed25519: Uint8Array
  mlDsa44: Uint8Array
}

const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${base64(root)}\n`

/** @throws Error when a note's text is no checkpoint */
function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, rest] = text.split('\n')
  if (!origin || !size || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !root || rest !== '') throw new Error('Not a checkpoint.')
  const hash = fromBase64(root)
  if (hash.length !== 32 || !Number.isSafeInteger(Number(size))) throw new Error('Not a checkpoint.')
  return { origin, size: Number(size), root: hash }
}

function unsigned(value: number, bytes: 1 | 8): Uint8Array {
  const buffer = new Uint8Array(8)
  new DataView(buffer.buffer).setBigUint64(0, BigInt(value))
  return buffer.slice(8 - bytes)
}

const opaque = (text: string): Uint8Array => {
  const bytes = utf8(text)
  if (bytes.length === 0 || bytes.length > 255) throw new Error('A name of a log has 1 to 255 bytes.')
  return concat(unsigned(bytes.length, 1), bytes)
}

/** `cosigned_message` of tlog-cosignature; `seconds` since the epoch. */
const cosignedMessage = (cosigner: string, seconds: number, { origin, size, root }: Checkpoint): Uint8Array =>
  concat(utf8('subtree/v1\n\0'), opaque(cosigner), unsigned(seconds, 8), opaque(origin), unsigned(0, 8), unsigned(size, 8), root)

export const publicKeysOf = (seeds: CheckpointSeeds) => ({
  ed25519: ed25519.getPublicKey(seeds.ed25519),
  mlDsa44: ml_dsa44.keygen(seeds.mlDsa44).publicKey,
})

/** The keys under which a log's checkpoints verify: both carry the log's own name. */
export const verifierKeysOf = (origin: string, keys: { ed25519: Uint8Array; mlDsa44: Uint8Array }): VerifierKey[] => [
  verifierKey(origin, signatureTypes.ed25519, keys.ed25519),
  verifierKey(origin, signatureTypes.mlDsa44Cosignature, keys.mlDsa44),
]

/** Signs a checkpoint as of `at`; takes about 10 ms. */
export function signCheckpoint(checkpoint: Checkpoint, seeds: CheckpointSeeds, at: Date): string {
  const text = checkpointText(checkpoint)
  const seconds = Math.floor(at.getTime() / 1_000)
  const postQuantum = ml_dsa44.keygen(seeds.mlDsa44)
  const [classicKey, postQuantumKey] = verifierKeysOf(checkpoint.origin, {
    ed25519: ed25519.getPublicKey(seeds.ed25519),
    mlDsa44: postQuantum.publicKey,
  }) as [VerifierKey, VerifierKey]
  const cosignature = ml_dsa44.sign(cosignedMessage(postQuantumKey.name, seconds, checkpoint), postQuantum.secretKey)
  return signedNote(text, [
    { name: classicKey.name, keyId: classicKey.keyId, signature: ed25519.sign(utf8(text), seeds.ed25519) },
    { name: postQuantumKey.name, keyId: postQuantumKey.keyId, signature: concat(unsigned(seconds, 8), cosignature) },
  ])
}

/** Whether one signature of a checkpoint is right, and when it says it was made. */
function verified(key: VerifierKey, { signature }: NoteSignature, text: string, checkpoint: Checkpoint): { at: number | null } | null {
  if (key.type === signatureTypes.ed25519)
    return signature.length === 64 && ed25519.verify(signature, utf8(text), key.publicKey, { zip215: false }) ? { at: null } : null
  if (key.type !== signatureTypes.mlDsa44Cosignature || signature.length !== 8 + 2420) return null
  const seconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0))
  if (!Number.isSafeInteger(seconds)) return null
  const right = ml_dsa44.verify(signature.slice(8), cosignedMessage(key.name, seconds, checkpoint), key.publicKey)
  return right ? { at: seconds } : null
}

/**
 * Reads a signed checkpoint. Every one of `keys` must have signed it, and with both algorithms: a note from which one signature was
 * taken away is refused. Signatures of other keys are ignored, as the specification says.
 * @throws Error that says what is wrong
 */
export function verifyCheckpoint(note: string, keys: readonly VerifierKey[]): Checkpoint & { signedAt: Date } {
  const { text, signatures } = parseNote(note)
  const checkpoint = parseCheckpoint(text)
  let signedAt: Date | undefined
  let classic = false
  for (const key of keys) {
    const label = key.type === signatureTypes.ed25519 ? 'Ed25519' : 'ML-DSA-44'
    const own = signatures.find((signature) => signature.name === key.name && equal(signature.keyId, key.keyId))
    if (!own) throw new Error(`The checkpoint lacks the ${label} signature of ${key.name}.`)
    const result = verified(key, own, text, checkpoint)
    if (!result) throw new Error(`The ${label} signature of the checkpoint is wrong.`)
    if (key.type === signatureTypes.ed25519) classic = true
    if (result.at !== null) signedAt = new Date(result.at * 1_000)
  }
  if (!classic || !signedAt) throw new Error('A checkpoint needs an Ed25519 and an ML-DSA-44 signature.')
  return { ...checkpoint, signedAt }
}

/**
 * Known-answer test of ML-DSA-44 key generation, signing and verification: the first round of the accumulated vectors of c2sp.org/CCTV,
 * whose first hundred rounds a test compares with what is published.
 * @throws Error when the library computes something else: then nothing may be signed
 */
export function checkMlDsa44(): void {
  const { publicKey, secretKey } = ml_dsa44.keygen(shake128.create({}).xof(32))
  const signature = ml_dsa44.sign(new Uint8Array(), secretKey, { extraEntropy: false })
  const answer = hex(sha256(concat(publicKey, signature)))
  const wrong = Uint8Array.from(signature, (byte, index) => (index === 100 ? byte ^ 1 : byte))
  if (
    answer !== 'cef2d1e65edfda8924c8d87abb563d989fe68f5e20472f9cca2fd98a3a447bdb' ||
    !ml_dsa44.verify(signature, new Uint8Array(), publicKey) ||
    ml_dsa44.verify(wrong, new Uint8Array(), publicKey)
  )
    throw new Error('ML-DSA-44 fails its known-answer test.')
}

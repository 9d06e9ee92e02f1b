import { sha256 } from '@noble/hashes/sha2.js'
import { base64, concat, equal, fromBase64, fromHex, hex, utf8 } from './bytes.ts'

// Signed notes and verifier keys: c2sp.org/signed-note@v1.0.0.

/** Signature type identifier bytes. */
export const signatureTypes = { ed25519: 0x01, mlDsa44Cosignature: 0x06 } as const

export interface NoteSignature {
  name: string
  /** 4 bytes. */
  keyId: Uint8Array
  signature: Uint8Array
}

/** A public key that notes are verified with, and under what name. */
export interface VerifierKey {
  name: string
  keyId: Uint8Array
  type: number
  publicKey: Uint8Array
}

/** SHA-256(name || "\n" || type || public key), first four bytes. */
export function verifierKey(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  return { name, type, publicKey, keyId: sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, 4) }
}

/** `name+hex(key id)+base64(type || public key)` */
export const encodeVerifierKey = ({ name, keyId, type, publicKey }: VerifierKey): string =>
  `${name}+${hex(keyId)}+${base64(concat(Uint8Array.of(type), publicKey))}`

/** @throws Error when the text is no verifier key or its id is not that of the key */
export function decodeVerifierKey(text: string): VerifierKey {
  const [, name, id, material] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  if (!name || !id || !material) throw new Error('Not a verifier key.')
  const [type = 0, ...publicKey] = fromBase64(material)
  const key = verifierKey(name, type, Uint8Array.from(publicKey))
  if (!equal(key.keyId, fromHex(id))) throw new Error('The id of a verifier key does not belong to it.')
  return key
}

const signatureLine = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u
const maxSignatures = 32

/** `text` ends in a newline. */
export const signedNote = (text: string, signatures: readonly NoteSignature[]): string =>
  `${text}\n${signatures.map(({ name, keyId, signature }) => `— ${name} ${base64(concat(keyId, signature))}\n`).join('')}`

/** @throws Error when it is no signed note */
export function parseNote(note: string): { text: string; signatures: NoteSignature[] } {
  const end = note.lastIndexOf('\n\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids them
  if (end < 0 || !note.endsWith('\n') || /[\0-\x09\x0b-\x1f]/.test(note)) throw new Error('Not a signed note.')
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > maxSignatures) throw new Error('Too many signatures.')
  const signatures = lines.map((line) => {
    const [, name, encoded] = signatureLine.exec(line) ?? []
    const bytes = encoded ? fromBase64(encoded) : new Uint8Array()
    if (!name || bytes.length < 5) throw new Error('Not a signature line.')
    return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) }
  })
  return { text: note.slice(0, end + 1), signatures }
}

import { createHash } from 'node:crypto'
import { filter } from './common-passwords-filter.ts'

/** Where a text is marked in a Bloom filter of `bits` bits (Kirsch and Mitzenmacher, 2006: two hashes give all of them). */
export function bloomPositions(text: string, bits: number, hashes: number): number[] {
  const digest = createHash('sha256').update(text).digest()
  const [first, second] = [digest.readUIntBE(0, 6), digest.readUIntBE(6, 6) | 1]
  return Array.from({ length: hashes }, (_, i) => (first + i * second) % bits)
}

const leet: Record<string, string> = { '@': 'a', '4': 'a', '0': 'o', '3': 'e', '1': 'i', '5': 's', $: 's', '7': 't', '!': 'i' }

/** How the filter spells a password: lower case, and the word before trailing figures and signs without figures for letters. */
export function foldPassword(password: string): string {
  const lower = password.toLowerCase().normalize('NFKC')
  const tail = /[\d\W_]*$/.exec(lower)?.[0] ?? ''
  const head = lower.slice(0, lower.length - tail.length)
  return head.replace(/[@40315$7!]/g, (sign) => leet[sign] ?? sign) + tail
}

/** The spellings under which a password is looked for: as it is, without signs at its end, and without joints between words. */
export function spellings(password: string): string[] {
  const folded = foldPassword(password)
  const bare = folded.replace(/[^\p{L}\d]+$/u, '')
  return [...new Set([password.toLowerCase().normalize('NFKC'), folded, bare, folded.replace(/[\s._-]/g, ''), bare.replace(/[\s._-]/g, '')])]
}

let bytes: Buffer | undefined
/** Whether a password is among the most guessed ones, as far as the shipped filter knows; wrongly true once in about a hundred thousand. */
export function isCommonPassword(password: string): boolean {
  bytes ??= Buffer.from(filter.base64, 'base64')
  const marks = bytes
  const marked = (text: string) => bloomPositions(text, filter.bits, filter.hashes).every((at) => ((marks[at >> 3] ?? 0) & (1 << (at & 7))) !== 0)
  return spellings(password).some(marked)
}

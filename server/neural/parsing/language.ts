import { franc } from 'franc-min'

const sampleCharacters = 1_000
/** Trigram statistics of fewer letters than this name a wrong language too often. */
const fewestLetters = 150

/** Words that English prose cannot do without and other languages do not have. */
const english = new Set('the and of is that with this are be or as by it from which when'.split(' '))
const englishShare = 0.08

/** ISO 639-3 code of a text's language, null when it is too short or cannot be told. */
export function languageOf(text: string): string | null {
  const words = text.slice(0, sampleCharacters * 4).match(/\p{L}+/gu) ?? []
  const letters = words.join(' ').slice(0, sampleCharacters)
  if (letters.length < fewestLetters) return null
  // Technical prose is full of names and code, which mislead trigrams; its small words do not.
  const known = words.filter((word) => english.has(word.toLowerCase())).length
  if (known >= words.length * englishShare) return 'eng'
  const code = franc(letters, { minLength: fewestLetters })
  return code === 'und' ? null : code
}

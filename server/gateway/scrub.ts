/** What stands where a secret stood. */
const removed = '[removed]'

const patterns: [RegExp, string][] = [
  // Keys in PEM form, also with escaped line ends.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
  // Tokens of AIA (aia_live_…, aia_refresh_…), and those of services whose keys people paste.
  [/aia_[a-z]{2,12}_[\w-]{8,}/g, removed],
  [
    /\b(?:[spr]k[_-](?:live|test|proj)[\w-]{8,}|sk-[\w-]{16,}|gh[pousr]_\w{20,}|glpat-[\w-]{16,}|xox[abpr]-[\w-]{10,}|AKIA[A-Z0-9]{16}|whsec_[\w+/-]{16,}={0,2})/g,
    removed,
  ],
  // JWTs and JWEs, with or without a signature.
  [/eyJ[\w-]{5,2000}\.[\w-]*\.[\w.-]*/g, removed],
  [/\b(Bearer|Basic|Digest)\s+[\w.~+/=-]{6,}/gi, `$1 ${removed}`],
  // A user name and password in a URL.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"]+:[^\s/@"]+@/gi, `$1${removed}@`],
]

// name=value, name: value, "name":"value" and \"name\":\"value\"; what follows a name may be quoted once or twice.
const named =
  /((?:password|passwd|passphrase|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key|code_verifier|(?<![a-z])(?:otp|pin|cvv|cvc)(?![a-z]))[\w-]{0,40})(\\*"?)(\s{0,3}[:=]\s{0,3})(\\*"[^"\\]*\\*"|[^\s"&,;}\]\\]+)/gi

function withoutValue(_match: string, name: string, quote: string, sign: string, value: string): string {
  const own = /^\\*"/.exec(value)?.[0]
  // A bare value after a quoted name is JSON's number or word: what replaces it must be a JSON string.
  const mark = own ?? quote
  return `${name}${quote}${sign}${mark}${removed}${mark}`
}

/** 13 to 19 digits, alone or in the groups that are printed on cards. */
const cardLike = /(?<![\w-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-])/g

/** Luhn's check (ISO/IEC 7812-1, annex B). */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? 2 * digit : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

// Most lines hold nothing: one look tells, and the patterns stay cold.
const suspicious =
  /passw|passphrase|secret|token|api[_-]?key|authoriz|cookie|credential|private|code_verifier|otp|pin|cv[vc]|aia_|[spr]k[_-]|gh[pousr]_|glpat|xox|AKIA|whsec|eyJ|bearer|basic|digest|:\/\/|\d{4}[\d -]{9}/i

/** Free text without what looks like a token, a key, a password or a payment card. A line of JSON stays one. */
export function scrub(text: string): string {
  if (!suspicious.test(text)) return text
  let clean = text
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement)
  return clean.replace(named, withoutValue).replace(cardLike, (found) => (passesLuhn(found.replace(/\D/g, '')) ? removed : found))
}

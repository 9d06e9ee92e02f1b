// Which fields of knowledge a text belongs to. A small lexicon written for this purpose, not a trained classifier: the label of an
// atom must not change when another document comes or goes, and it costs tens of microseconds an atom.

const lexicon: Record<string, string> = {
  Security:
    'security secure vulnerability vulnerabilities attack attacker threat encryption encrypted encrypt decrypt cipher cryptography cryptographic authentication authenticate ' +
    'authorization credential credentials password passwords malware phishing firewall intrusion exploit breach certificate certificates token tokens tls ssl oauth jwt ' +
    'hash signature privilege privileges confidentiality integrity incident incidents sandbox xss csrf injection audit hmac rsa sha256 nonce secret secrets',
  Privacy:
    'privacy personal gdpr consent anonymous pseudonymous processing controller retention erasure pii subject disclosure surveillance redaction',
  Data:
    'data database databases query queries sql table tables row rows column columns index indexes schema dataset record records json csv yaml xml parse parser parsing ' +
    'serialize storage transaction transactions migration analytics statistics postgres postgresql mysql sqlite redis mongodb cache vector buffer stream streams',
  Interface:
    'interface ui ux button buttons page pages browser browsers css html dom component components render rendering react vue svelte layout animation accessibility aria ' +
    'keyboard mouse screen colour color font theme icon icons scroll click hover widget style styles stylesheet tooltip modal form frontend viewport svg canvas responsive',
  Build:
    'build builds bundler bundle bundles compiler compile compiled webpack rollup vite esbuild babel plugin plugins loader loaders lint linter eslint test tests testing ' +
    'package packages npm yarn pnpm dependency dependencies install release releases ci pipeline repository commit git monorepo makefile cli toolchain transpile minify changelog',
  Language:
    'typescript javascript ecmascript python rust java function functions argument arguments method methods class classes type types typed syntax ast module modules import ' +
    'export callback promise promises async iterator generator string array object boolean runtime polyfill api node regex regular expression exception identifier token literal',
  Network:
    'network networks http https request requests response responses server servers client clients url urls socket websocket tcp udp dns proxy header headers protocol ' +
    'protocols router routing endpoint endpoints latency bandwidth host hostname port ip fetch cors redirect',
  Legal:
    'law laws legal license licence licensed copyright liability warranty warranties contract contracts court judge lawsuit plaintiff defendant clause jurisdiction statute ' +
    'attorney patent trademark infringement damages permission hereby notice merchantability noninfringement redistribution regulation regulations compliance obligation act treaty',
  Finance:
    'finance financial money payment payments pay price prices cost costs budget invoice invoices tax taxes revenue profit loss bank banks account accounting accounts ledger ' +
    'credit debit loan investment investor stock shares market currency dollar dollars euro euros fee fees expense expenses reimbursement reimbursed refund subscription audit fiscal',
  Health:
    'health medical medicine disease diseases patient patients hospital doctor doctors nurse treatment therapy symptom symptoms diagnosis drug drugs vaccine virus infection ' +
    'surgery cancer blood clinical mental illness injury safety hygiene allergy emergency pharmacy physician',
  Operations:
    'operations operation deploy deployment deployed monitoring monitor backup backups restore recovery outage downtime availability maintenance logging logs alert alerts ' +
    'configuration configure procedure procedures process workflow schedule warehouse logistics supply supplier suppliers shipping delivery delivered order orders inventory ' +
    'production kubernetes docker container containers cloud infrastructure policy policies organization control controls facility equipment factory manufacturing',
  People:
    'employee employees staff manager managers team teams hiring recruitment salary salaries leave holiday vacation sick onboarding training benefits pension workplace office ' +
    'colleague colleagues performance probation resignation remote working personnel job career parental overtime human conduct harassment',
  Science:
    'science scientific research theory experiment physics chemistry chemical biology mathematics mathematical equation theorem algorithm molecule atom energy temperature ' +
    'species gene genes genetic cell cells protein evolution laboratory quantum particle mass velocity hypothesis university professor element plant animal genus',
  Space:
    'space astronomy planet planets star stars galaxy galaxies orbit orbits orbital satellite satellites nasa rocket spacecraft telescope moon lunar mars solar asteroid comet astronaut cosmic mission launch',
  Geography:
    'geography city cities town village county district region province capital country countries river rivers mountain mountains lake island islands sea ocean coast coastal ' +
    'population census located north south east west northern southern eastern western border state states municipality valley territory continent airport climate square kilometres miles',
  History:
    'history historical war wars battle army empire king queen kingdom emperor dynasty revolution century medieval ancient soldier soldiers military navy colonial president minister reign treaty throne prince independence general',
  Culture:
    'film films movie movies actor actress director directed music song songs album albums band singer novel novels author poet poetry book books theatre theater painting ' +
    'artist artists art museum television series episode award awards festival opera dance comedy drama starring guitarist producer fantasy fiction mythology legend folklore magazine comic comics game games character characters studio writer published musician composer played sitcom screenplay fashion culture religion church',
  Sport:
    'sport sports football soccer basketball baseball cricket tennis hockey rugby olympic olympics champion championship league team player players coach goal goals match tournament season cup stadium club race racing medal',
}

// Words that several fields use tell less about each of them.
const fields = Object.keys(lexicon)
const weights = new Map<string, readonly (readonly [field: number, weight: number])[]>()
{
  const uses = new Map<string, Set<number>>()
  fields.forEach((field, number) => {
    for (const word of (lexicon[field] ?? '').split(' ')) uses.set(word, (uses.get(word) ?? new Set()).add(number))
  })
  for (const [word, numbers] of uses)
    weights.set(
      word,
      [...numbers].map((number) => [number, 1 / numbers.size] as const),
    )
}

const readCharacters = 4_000
const asciiWord = /[a-z][a-z0-9]+/g
const titleWeight = 3
const tagWeight = 4

/** One to three field names, strongest first; `['General']` when nothing fits. Depends on nothing but its arguments. */
export function knowledgeDomains(text: string, title: string, tags: readonly string[]): string[] {
  const scores = new Float64Array(fields.length)
  const distinct = new Uint16Array(fields.length)
  const seen = new Map<string, number>()
  const read = (part: string, weight: number): number => {
    const list = part.slice(0, readCharacters).toLowerCase().match(asciiWord) ?? []
    for (const word of list) {
      const uses = weights.get(word)
      if (!uses) continue
      const times = (seen.get(word) ?? 0) + 1
      seen.set(word, times)
      // A word that is said ten times is not ten times the evidence.
      for (const [field, share] of uses) {
        scores[field] = (scores[field] ?? 0) + (weight * share) / times
        if (times === 1) distinct[field] = (distinct[field] ?? 0) + 1
      }
    }
    return list.length
  }
  read(tags.join(' '), tagWeight)
  read(title, titleWeight)
  const length = read(text, 1)
  for (const tag of tags) {
    const named = fields.findIndex((field) => field.toLowerCase() === tag.trim().toLowerCase())
    if (named >= 0) scores[named] = (scores[named] ?? 0) + 2 * tagWeight
  }
  // Chance hits grow with the length of the text, roughly with its root.
  const floor = 1 + 0.2 * Math.sqrt(length)
  const ranked = fields
    .map((_, field) => field)
    .filter((field) => (scores[field] ?? 0) >= floor && ((distinct[field] ?? 0) >= 2 || (scores[field] ?? 0) >= titleWeight || length < 12))
  ranked.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const best = scores[ranked[0] ?? 0] ?? 0
  const labels = ranked
    .filter((field) => (scores[field] ?? 0) >= 0.5 * best)
    .slice(0, 3)
    .map((field) => fields[field] ?? '')
  return labels.length > 0 ? labels : ['General']
}

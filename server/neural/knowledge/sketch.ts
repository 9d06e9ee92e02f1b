import { isStopWord, words } from '../lexical/analysis.ts'
import type { Phrase } from '../lexical/phrases.ts'
import { byCodeUnits, unitHash } from './content.ts'

export const sketchSize = 24

// Features are shown to people as what two texts share, so they stay words: only a plural s goes.
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word
  return word.endsWith('ies') && word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1)
}

// Words that any text of any subject uses, and the words of installing, licensing and calling software: sharing them says nothing.
const commonWords = new Set(
  (
    'able according add added allow allows already although always american among another any api apply april around array associated august available away back based ' +
    'became because become began best better big born build built call called came can case change check class click code com come common config const contain contains ' +
    'copyright could create created css current data day days december def default different doc documentation don done due each early easy either end enough error even ' +
    'ever every everything example export false famous february feature few file files film find first five fix following found four full function get give given go good ' +
    'great group hand help here high home however html http https image import include included includes including info input install installation instead issue item january ' +
    'json july june just keep key kind know known large last late later least left less let level license life like line link list live local long look made main major ' +
    'make making many march may mean means member method might mit mode module more most much must name named need never new next node none north note november now npm ' +
    'null number object october off often old once one only open option order org original other others out output own package page part parameter pass people per person ' +
    'place please point possible property provide provided public published put quick quickstart read readme real release released require required result return right run ' +
    'save second section see september series serve server set several show side similar simple since single size small software some something source south start started ' +
    'state still string style support system take test text thing third three throughout time today together top total true try turn two type under undefined united until ' +
    'update upon usage use used user using usually value var various version very via void want war way web well went western while whole will within without won word work ' +
    'works world would write written www year years yes ' +
    // Badges, manifests and sponsors' lines.
    'badge beside depend dependency expect flat git github gif homepage img keyword npmj npmjs png referral repo repository shield shields ' +
    'sponsor star svg tidelift travis utm'
  )
    .split(' ')
    .map(singular),
)

/** How much it says that two texts share a feature: a name or a pair of words more than a word, a long word more than a short one. */
export function featureWeight(feature: string): number {
  const space = feature.indexOf(' ')
  if (space >= 0) return feature.indexOf(' ', space + 1) >= 0 ? 2.4 : 2
  const length = feature.length
  return length >= 8 ? 1.2 : length >= 6 ? 1 : length >= 4 ? 0.7 : 0.35
}

const digits = /^\d+$/
const informative = (word: string): boolean => word.length > 2 && !commonWords.has(word) && !digits.test(word)

/**
 * At most 24 features of a text by weighted bottom-k sampling: the smallest -ln(u(feature)) / weight, u a hash in (0, 1), so that
 * texts that share much choose the same ones (Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007).
 * Features are names, pairs of neighbouring words, and words, weighted by how specific and how frequent in the text they are.
 */
export function sketch(text: string, phrases: readonly Phrase[]): string[] {
  const counts = new Map<string, number>()
  let before = ''
  for (const word of words(text)) {
    if (isStopWord(word)) continue
    const term = singular(word)
    if (!informative(term)) {
      before = ''
      continue
    }
    counts.set(term, (counts.get(term) ?? 0) + 1)
    if (before !== '' && before !== term) {
      const pair = `${before} ${term}`
      counts.set(pair, (counts.get(pair) ?? 0) + 1)
    }
    before = term
  }
  for (const { key } of phrases) {
    const parts = key.split(' ')
    if (parts.length > 2 && parts.length < 7 && parts.some((part) => !isStopWord(part) && informative(singular(part))))
      counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .map(([feature, count]) => ({ feature, rank: -Math.log(unitHash(feature)) / (featureWeight(feature) * count) ** 2 }))
    .sort((a, b) => a.rank - b.rank || byCodeUnits(a.feature, b.feature))
    .slice(0, sketchSize)
    .map(({ feature }) => feature)
}

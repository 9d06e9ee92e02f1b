import { isStopWord } from '../lexical/analysis.ts'

// Headings that every manual has: naming one of them is not naming that section.
const genericTitles = new Set(
  (
    'about|abstract|acknowledgements|acknowledgments|advanced|advanced usage|api|api documentation|api reference|appendix|arguments|author|authors|background|basic usage|' +
    'browser support|bugs|build status|building|caveats|change log|changelog|changes|cli|command line|compatibility|conclusion|config|configuration|contact|contents|' +
    'contribute|contributing|contribution|contributions|contributors|copyright|credits|debugging|demo|description|development|docs|documentation|donate|example|examples|' +
    'faq|features|frequently asked questions|further reading|future work|getting started|guide|help|how it works|how to use|import|info|install|installation|installing|' +
    'introduction|issues|licence|license|license mit|licenses|limitations|links|maintainers|methods|mit|mit license|more information|motivation|name|note|notes|options|overview|' +
    'parameters|prerequisites|properties|purpose|quick start|quickstart|readme|reference|references|related|related projects|releases|requirements|resources|result|results|' +
    'return value|returns|roadmap|running tests|scope|scripts|see also|setup|sponsor|sponsors|status|structure|summary|support|supported|syntax|table of contents|terms|test|' +
    'testing|tests|thanks|title|todo|troubleshooting|types|typescript support|update|upgrading|usage|use|version|versions|what is this|why|yarn|npm'
  ).split('|'),
)

/** Whether a title key can be mentioned at all: three characters or more, with a letter, not only function words, not a heading of every manual. */
export function isMentionable(key: string): boolean {
  if (key.length < 3 || !/\p{L}/u.test(key) || genericTitles.has(key)) return false
  return key.split(' ').some((word) => !isStopWord(word))
}

// How much a word says about what a question is after, before any corpus is looked at. In a workspace of three documents every
// word is rare or common by chance, so inverse document frequency alone cannot tell "policy" from "tungsten".
import { fold, isStopWord } from '../lexical/analysis.ts'

const list = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean)

// Words that only shape a question or a sentence.
const empty = new Set(
  list(`
  a about above after again against all almost also although am among an and any anyone anything are around as ask at be because been before being below between both but by
  can cannot could did do does doing done during each either else ever every everyone everything exactly explain few for from further get gets getting give given gives go goes
  going got had has have having he help her here hers him his how however i if in into is it its itself just kindly know let like list many may me might mine more most much must my
  need needs neither no nor not now of off often on once one only or other others our ours out over own per please possible quite rather really same say says shall she should so
  some somebody someone something still such supposed sure tell than that the their them then there these they thing things this those though through to together too toward
  under until up upon us use used uses using usually very via was way we well were what when where whether which while who whom whose why will with within without would yes yet you your
  yours describe mean means want wants wanted show shows happen happens happened take takes make makes made come comes came put keep find found look see s t re ve ll d m
  `),
)

// Words that fit nearly every document of their kind: matching them alone answers nothing.
const faint = new Set(
  list(`
  able allow allowed allows apply applies available become became based call called case cases certain change changes common company companies contain contains consider considered
  cover covered covers current currently default define defined definition detail details different difference document documents documentation example examples exist exists fact
  first following follow general good great group handle handled important include included includes including information instead item items kind kinds known last later latest long
  main major member members name named names new next number numbers object order organisation organization part parts people person place places point points policy policies
  present problem procedure procedures process processes product products project projects provide provided provides purpose question reason refer relate related require required
  requires requirement requirements result results rule rules run runs second section sections set sets several similar single situation special specific standard start started state
  step steps subject support supported supports system systems term terms text time times title today tool tools topic total type types understand value values various version view
  whole word words work working works world year years day days package library function functions option options feature features team business
  person individual anybody employee employees user users customer customers old big small high low large short early late best better size amount level
  originally famous popular well-known located situated
  `),
)

/** Function words of other European languages, for questions asked in them. Only used when such a language is recognised. */
const foreign: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    de: 'der die das den dem des ein eine einen einem einer eines und oder aber nicht ist sind war waren wird werden wurde wurden hat haben hatte kann konnen muss mussen darf durfen soll sollen wie was wer wen wem wo wann warum welche welcher welches welchen viele viel von vom zu zum zur mit bei nach aus auf in im an am fur uber unter durch ohne gegen um es er sie wir ihr ich du man sich auch noch nur schon als wenn dass gibt pro',
    fr: 'le la les un une des du de et ou mais ne pas est sont etait etaient sera a ont avait peut peuvent doit doivent que qui quoi quel quelle quels quelles quand comment pourquoi combien dans sur sous avec sans pour par en au aux ce cet cette ces son sa ses leur leurs il elle ils elles nous vous je tu on se y dont plus par entre d l s qu n',
    es: 'el la los las un una unos unas de del y o pero no es son era eran fue fueron sera ha han hay puede pueden debe deben que quien quienes cual cuales cuando como donde por porque cuanto cuantos cuanta cuantas en sobre con sin para al a su sus lo le les se nos mi tu este esta estos estas mas entre',
    it: 'il lo la i gli le un uno una di del della dei delle e o ma non sono era erano fu sara ha hanno puo possono deve devono che chi quale quali quando come dove perche quanto quanti quanta quante in su sul con senza per al alla da dal nel nella a si ci suo sua questo questa piu tra fra',
    nl: 'de het een en of maar niet is zijn was waren wordt worden werd heeft hebben had kan kunnen moet moeten mag mogen wat wie waar wanneer waarom hoe welke hoeveel van voor met bij naar uit op in aan over onder door zonder tegen om er hij zij ze wij jullie ik je men zich ook nog per',
    pt: 'o a os as um uma uns umas de do da dos das e ou mas nao sao era eram foi foram sera tem ha pode podem deve devem que quem qual quais quando como onde por porque quanto quantos quanta quantas em no na nos nas sobre com sem para ao se seu sua este esta mais entre',
  }).map(([language, text]) => [language, new Set(text.split(' '))]),
)

/** The words a question is built from in its own language, when that is not English; null for English. Folded words in. */
export function foreignFunctionWords(words: readonly string[]): ReadonlySet<string> | null {
  const english = words.filter((word) => empty.has(word) || isStopWord(word)).length
  let best: ReadonlySet<string> | null = null
  let most = Math.max(english, 1)
  for (const set of Object.values(foreign)) {
    const count = words.filter((word) => set.has(word)).length
    if (count > most) {
      most = count
      best = set
    }
  }
  return best
}

/** 0 for a function word, 0.3 for a word that fits every document, 1 for a word that says what is meant. Takes any case. */
export function specificity(word: string): number {
  const folded = fold(word)
  if (empty.has(folded) || isStopWord(folded) || (folded.length === 1 && !/\p{N}/u.test(folded))) return 0
  return faint.has(folded) ? 0.3 : 1
}

// What the panel in space says, as data: no canvas and no headset, so that it is tested as it is.
import type { ProcessProgress, ProcessResult } from '@/components/api/types'
import { formatConfidence, plural } from '@/components/ui/format'
import type { AtomCard } from './atom-card'

export type PanelAction =
  | { do: 'show-atom'; id: string }
  | { do: 'close' | 'back' | 'bring-atom' | 'bring-graph' | 'larger' | 'smaller' | 'seat' | 'leave' | 'write' | 'erase' | 'stop' | 'retry' }
  | { do: 'type'; text: string }
  | { do: 'ask'; question: string }

export interface PanelButton {
  label: string
  action: PanelAction
  /** The one that does what the view is for. */
  main?: boolean
  /** Of the width of the others in its row. */
  width?: number
}

export type PanelBlock =
  | { kind: 'text'; text: string; tone: 'ink' | 'quiet' | 'strong' | 'danger' }
  | { kind: 'domains'; names: readonly string[] }
  | { kind: 'row'; label: string; detail: string; action: PanelAction }
  | { kind: 'field'; text: string; hint: string }
  | { kind: 'buttons'; buttons: readonly PanelButton[] }

export interface PanelView {
  caption: string
  heading: string
  blocks: readonly PanelBlock[]
  /** What can be done here; below it stands what can be done everywhere. */
  buttons: readonly PanelButton[]
  always: readonly PanelButton[]
}

/** What can be done wherever one is: all of it also with one hand, or by looking and pinching. */
export const alwaysButtons = (seated: boolean): PanelButton[] => [
  { label: 'Bring graph here', action: { do: 'bring-graph' }, width: 1.9 },
  { label: '−', action: { do: 'smaller' }, width: 0.6 },
  { label: '+', action: { do: 'larger' }, width: 0.6 },
  { label: seated ? 'Stand' : 'Sit', action: { do: 'seat' }, width: 0.8 },
  { label: 'Leave', action: { do: 'leave' } },
]

const text = (value: string, tone: 'ink' | 'quiet' | 'strong' | 'danger' = 'ink'): PanelBlock => ({ kind: 'text', text: value, tone })

export const aboutQuestion = (title: string) => `What is known about ${title}?`.slice(0, 2_000)

/** Nothing is chosen. */
export function homeView(graph: { nodes: number; edges: number }, canAsk: boolean, seated: boolean): PanelView {
  const nothing = graph.nodes === 0
  return {
    caption: `${plural(graph.nodes, 'atom', 'atoms')} · ${plural(graph.edges, 'pathway', 'pathways')}`,
    heading: 'Living graph',
    blocks: [
      text(
        nothing
          ? 'There is no atom in this picture yet. Add a document on the page, then come back.'
          : 'Point at an atom and press, or look at it and pinch.',
      ),
      text(
        'Grip, or pinch and move, to carry the graph. Both hands turn it and change its size. Press twice beside it, and it comes to you.',
        'quiet',
      ),
      text('Stick left and right turns, up and down changes the size or moves this text.', 'quiet'),
    ],
    buttons: canAsk ? [{ label: 'Ask a question', action: { do: 'write' }, main: true }] : [],
    always: alwaysButtons(seated),
  }
}

/** One atom. `problem` says why no more than the picture’s own knowledge is there. */
export function atomView(
  card: AtomCard,
  more: { loading: boolean; problem: string | null; inPicture: boolean; canAsk: boolean; back: boolean; seated: boolean },
): PanelView {
  const blocks: PanelBlock[] = []
  if (card.domains.length > 0) blocks.push({ kind: 'domains', names: card.domains })
  if (card.text) blocks.push(text(card.text))
  if (more.loading) blocks.push(text('Loading its text…', 'quiet'))
  if (more.problem) blocks.push(text(more.problem, 'danger'), { kind: 'buttons', buttons: [{ label: 'Try again', action: { do: 'retry' } }] })
  if (!more.inPicture) blocks.push(text('This atom is not in the picture: filters or its size leave it out.', 'quiet'))
  if (card.sources.length > 0)
    blocks.push(text(card.sources.length === 1 ? 'Source' : 'Sources', 'strong'), ...card.sources.slice(0, 6).map((each) => text(each, 'quiet')))
  const few = card.neighboursTotal > card.neighbours.length
  blocks.push(
    text(
      few ? `The heaviest ${card.neighbours.length} of ${card.neighboursTotal} neighbours` : plural(card.neighboursTotal, 'neighbour', 'neighbours'),
      'strong',
    ),
  )
  for (const { id, title, detail } of card.neighbours) blocks.push({ kind: 'row', label: title, detail, action: { do: 'show-atom', id } })
  const buttons: PanelButton[] = []
  if (more.back) buttons.push({ label: 'Back', action: { do: 'back' } })
  if (more.inPicture) buttons.push({ label: 'Bring it here', action: { do: 'bring-atom' }, main: true })
  if (more.canAsk) buttons.push({ label: 'Ask about it', action: { do: 'ask', question: aboutQuestion(card.title) } })
  buttons.push({ label: 'Close', action: { do: 'close' } })
  return { caption: `Atom · ${card.kind}`, heading: card.title, blocks, buttons, always: alwaysButtons(more.seated) }
}

const keyRows = ['1234567890', 'qwertyuiop', 'asdfghjkl’', 'zxcvbnm,.?']

/** Where a question is written: earlier ones to choose from, and keys. */
export function writeView(draft: string, suggestions: readonly string[], seated: boolean): PanelView {
  const question = draft.trim()
  return {
    caption: 'Answers come with their sources',
    heading: 'Ask a question',
    blocks: [
      { kind: 'field', text: draft, hint: 'Your question' },
      ...keyRows.map((row): PanelBlock => ({ kind: 'buttons', buttons: [...row].map((key) => ({ label: key, action: { do: 'type', text: key } })) })),
      {
        kind: 'buttons',
        buttons: [
          { label: 'Space', action: { do: 'type', text: ' ' }, width: 3 },
          { label: 'Delete', action: { do: 'erase' } },
        ],
      },
      ...suggestions.map((each): PanelBlock => ({ kind: 'row', label: each, detail: 'Ask again', action: { do: 'ask', question: each } })),
    ],
    buttons: [
      { label: 'Back', action: { do: 'back' } },
      ...(question ? [{ label: 'Ask', action: { do: 'ask', question }, main: true } satisfies PanelButton] : []),
    ],
    always: alwaysButtons(seated),
  }
}

export function askingView(question: string, progress: readonly ProcessProgress[], problem: string | null, seated: boolean): PanelView {
  return {
    caption: problem ? 'Not answered' : 'Looking for the answer',
    heading: question,
    blocks: [...progress.map(({ message }) => text(message, 'quiet')), ...(problem ? [text(problem, 'danger')] : [])],
    buttons: problem
      ? [
          { label: 'Back', action: { do: 'back' } },
          { label: 'Ask again', action: { do: 'ask', question }, main: true },
        ]
      : [{ label: 'Stop', action: { do: 'stop' } }],
    always: alwaysButtons(seated),
  }
}

/** An answer with its sources; `lit` nodes of its path shine in the picture, `missing` are not in it. */
export function answerView(result: ProcessResult & { question: string }, lit: number, missing: number, seated: boolean): PanelView {
  const blocks: PanelBlock[] = []
  if (result.status === 'no_answer') {
    blocks.push(
      text('Your knowledge does not cover this question.', 'strong'),
      text('AIA answers only in words it can cite, and found none that hold.', 'quiet'),
    )
  } else blocks.push(text(result.answer))
  if (result.not_found.length > 0) blocks.push(text(`Not found: ${result.not_found.join('; ')}`, 'quiet'))
  if (lit + missing > 0) {
    const lacks = missing > 0 ? `, ${missing} more are not in this picture` : ''
    blocks.push(text(`${plural(lit, 'atom', 'atoms')} of the way to it ${lit === 1 ? 'shines' : 'shine'} in the graph${lacks}.`, 'quiet'))
  }
  if (result.citations.length > 0) blocks.push(text('Sources', 'strong'))
  for (const { n, title, quote, atom_id } of result.citations) {
    const words = quote.replace(/\s+/g, ' ').trim()
    blocks.push({ kind: 'row', label: `[${n}] ${title}`, detail: `“${words}”`, action: { do: 'show-atom', id: atom_id } })
  }
  const sure =
    result.status === 'no_answer'
      ? 'No answer'
      : `${result.status === 'partial' ? 'Answered in part' : 'Answered'} · sure ${formatConfidence(result.confidence)}`
  return {
    caption: sure,
    heading: result.question,
    blocks,
    buttons: [
      { label: 'Ask another', action: { do: 'write' }, main: true },
      { label: 'Close', action: { do: 'close' } },
    ],
    always: alwaysButtons(seated),
  }
}

import { describe, expect, it } from 'vitest'
import type { GraphData } from '@/components/graph/graph-data'
import { seededRandom } from '@/server/neural/ranking/random'
import { cardOfAtom, cardOfNode } from './atom-card'
import { hitAt, isRightToLeft, layoutPanel, type Measure, panelPixels, styles, wrapText } from './panel-layout'
import { goBack, goTo, home, present } from './panel-state'
import { alwaysButtons, answerView, atomView, homeView, type PanelView, writeView } from './panel-view'

/** As wide as half its size a letter, which is about what letters are. */
const measure: Measure = (text, { size }) => [...text].length * size * 0.5

const graph: GraphData = {
  revision: 1,
  count: 3,
  ids: ['a', 'b', 'c'],
  names: ['Alpha', '', 'سلام'],
  kinds: new Uint8Array([0, 0, 1]),
  kindNames: ['paragraph', 'section'],
  domains: new Uint16Array([0, 1, 1]),
  domainNames: ['security', ''],
  sources: new Uint32Array([0, 0, 0]),
  sourceNames: [{ id: 's', title: 'Handbook' }],
  furtherDomains: new Uint32Array(),
  furtherSources: new Uint32Array(),
  weights: new Float32Array([1, 1, 1]),
  times: new Float64Array(3),
  communities: new Uint32Array(3),
  positions: new Float32Array(9),
  edges: new Uint32Array([0, 1, 2, 0, 0, 0]),
  edgeKinds: new Uint8Array([0, 1, 0]),
  edgeKindNames: ['contains', 'mentions'],
  edgeWeights: new Float32Array([0.25, 0.75, 1]),
  total: { nodes: 3, edges: 3 },
}
const more = { loading: false, problem: null, inPicture: true, canAsk: true, back: false, seated: false }

describe('what the panel tells of an atom', () => {
  it('comes from the picture alone, neighbours by weight, and never itself as its neighbour', () => {
    const card = cardOfNode(graph, 0)
    expect(card).toMatchObject({ title: 'Alpha', kind: 'Paragraph', domains: ['security'], text: null, neighboursTotal: 2, sources: ['Handbook'] })
    expect(card.neighbours.map(({ id, title, detail }) => [id, title, detail])).toEqual([
      ['c', 'سلام', 'Mentioned by · 0.75'],
      ['b', 'Untitled', 'Contains · 0.25'],
    ])
    expect(cardOfNode(graph, 1)).toMatchObject({ title: 'Untitled', domains: [] })
  })

  it('is whole with what the server knows, but no book', () => {
    const card = cardOfAtom({
      id: 'a',
      title: 'Alpha',
      kind: 'paragraph',
      content_hash: '',
      semantic_summary: '',
      knowledge_domains: [],
      sources: 1,
      created_at: '2026-01-01T00:00:00Z',
      text: 'word '.repeat(5_000),
      technical_context: {},
      relationships: [],
      occurrences: [{ source_id: 's', source_title: 'Handbook', start: 0, end: 1, heading_path: ['One', 'Two'], language: null }],
      neighbours: [
        { atom_id: 'b', title: 'B', kind: 'related', direction: 'in', weight: 0.1, evidence: {} },
        { atom_id: 'c', title: 'C', kind: 'related', direction: 'out', weight: 0.9, evidence: {} },
      ],
      neighbours_total: 40,
    })
    expect(card.text?.length).toBeLessThan(4_010)
    expect(card.sources).toEqual(['Handbook › One › Two'])
    expect(card.neighbours.map(({ id }) => id)).toEqual(['c', 'b'])
    const labels = JSON.stringify(atomView(card, more).blocks)
    expect(labels).toContain('The heaviest 2 of 40 neighbours')
  })

  it('offers only what is possible', () => {
    const card = cardOfNode(graph, 0)
    const names = (view: PanelView) => view.buttons.map(({ label }) => label)
    expect(names(atomView(card, more))).toEqual(['Bring it here', 'Ask about it', 'Close'])
    expect(names(atomView(card, { ...more, inPicture: false, canAsk: false, back: true }))).toEqual(['Back', 'Close'])
    expect(names(writeView('  ', [], false))).toEqual(['Back'])
    expect(names(writeView('why', [], false))).toEqual(['Back', 'Ask'])
    expect(homeView({ nodes: 0, edges: 0 }, false, false).buttons).toEqual([])
  })

  it('cites an answer, and says when there is none', () => {
    const result = {
      question: 'Why?',
      status: 'partial',
      answer: 'So [1].',
      confidence: 0.5,
      citations: [{ n: 1, source_id: 's', atom_id: 'a', title: 'Handbook', quote: 'so\n it is', start: 0, end: 2 }],
      path: [],
      not_found: ['when'],
    } as unknown as Parameters<typeof answerView>[0]
    const view = answerView(result, 2, 1, false)
    expect(view.blocks).toContainEqual({ kind: 'row', label: '[1] Handbook', detail: '“so it is”', action: { do: 'show-atom', id: 'a' } })
    expect(JSON.stringify(view.blocks)).toContain('2 atoms of the way to it shine in the graph, 1 more are not in this picture')
    expect(JSON.stringify(answerView({ ...result, status: 'no_answer', answer: '', citations: [] }, 0, 0, false).blocks)).toContain('does not cover')
  })
})

describe('lines of text', () => {
  it('are never too wide and lose no word, whatever it is', () => {
    const seed = Date.now() % 1_000_000
    const random = seededRandom(seed)
    const alphabet = ['a', 'W', '  ', ' ', '\n', '👩‍👩‍👧', 'ש', '“', 'i'.repeat(90)]
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: 60 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
      const lines = wrapText(text, 300, styles.normal, measure)
      const why = `seed ${seed}, round ${round}`
      for (const line of lines) expect(measure(line, styles.normal), why).toBeLessThanOrEqual(300)
      expect(lines.join('').replace(/\s/g, ''), why).toBe(text.replace(/\s/g, ''))
      expect(wrapText(text, 300, styles.normal, measure, 3).length, why).toBeLessThanOrEqual(3)
    }
  })

  it('end in an ellipsis where there were more, and keep an emoji whole', () => {
    expect(wrapText('one two three four', 130, styles.normal, measure, 1)).toEqual(['one two…'])
    expect(wrapText('👩‍👩‍👧'.repeat(9), 100, styles.normal, measure)[0]).toMatch(/^(👩‍👩‍👧)+$/u)
  })

  it('begin at the right in Hebrew and Arabic', () => {
    expect(['שלום world', '12 سلام', 'Alpha سلام', '“”', ''].map(isRightToLeft)).toEqual([true, true, false, false, false])
  })
})

describe('the panel as a picture', () => {
  const long = 'Ein sehr langer Text mit "Anführung" und <Tags>. '.repeat(60)
  const views = [
    homeView({ nodes: 12, edges: 3 }, true, false),
    atomView({ ...cardOfNode(graph, 0), title: 'x'.repeat(300), text: long }, { ...more, back: true, problem: 'The server cannot be reached.' }),
    writeView(long, ['One?', 'Two?'], true),
  ]

  it.each(views)('keeps everything on it and gives every button a place: $heading', (view) => {
    const layout = layoutPanel(view, measure)
    for (const item of [...layout.fixed, ...layout.body])
      if (item.kind === 'box') {
        expect(item.x).toBeGreaterThanOrEqual(0)
        expect(item.x + item.width).toBeLessThanOrEqual(panelPixels.width)
      }
    const last = Math.max(...layout.hits.filter(({ inBody }) => !inBody).map(({ y, height }) => y + height))
    expect(last).toBeLessThanOrEqual(panelPixels.height)
    for (const [at, hit] of layout.hits.entries()) {
      expect(Math.min(hit.width, hit.height)).toBeGreaterThanOrEqual(56)
      // Reached at some scroll, at its own middle.
      const scroll = hit.inBody ? Math.min(layout.scrollMost, Math.max(0, hit.y - layout.window.top)) : 0
      expect(hitAt(layout, scroll, hit.x + hit.width / 2, hit.y + hit.height / 2 - (hit.inBody ? scroll : 0)), hit.label).toBe(at)
    }
    expect(hitAt(layout, 0, 1, 1)).toBe(-1)
  })

  it('hides rows behind its edge from the pointer', () => {
    const view = atomView({ ...cardOfNode(graph, 0), text: long }, more)
    const layout = layoutPanel(view, measure)
    const row = layout.hits.find(({ label }) => label === 'Untitled')
    expect(row).toBeDefined()
    expect(layout.scrollMost).toBeGreaterThan(0)
    expect(hitAt(layout, 0, (row?.x ?? 0) + 5, (row?.y ?? 0) + 5)).toBe(-1)
  })

  it('can do everything everywhere that hands can', () => {
    expect(alwaysButtons(false).map(({ action }) => action.do)).toEqual(['bring-graph', 'smaller', 'larger', 'seat', 'leave'])
    for (const view of views) expect(view.always.length).toBe(5)
  })
})

describe('the way on the panel', () => {
  it('goes back as it came, past the waiting', () => {
    let way = goTo(home, { at: 'write' })
    way = goTo(way, { at: 'asking' })
    way = goTo(way, { at: 'answer', id: '1' })
    way = goTo(way, { at: 'atom', id: 'a' })
    expect(goTo(way, { at: 'atom', id: 'a' })).toBe(way)
    const passed = Array.from({ length: 4 }, () => {
      way = goBack(way)
      return present(way).at
    })
    expect(passed).toEqual(['answer', 'write', 'home', 'home'])
  })
  it('does not grow without end', () => {
    let way = home
    for (let step = 0; step < 1_000; step++) way = goTo(way, { at: 'atom', id: `${step}` })
    expect(way.length).toBeLessThanOrEqual(32)
    expect(present(way)).toEqual({ at: 'atom', id: '999' })
  })
})

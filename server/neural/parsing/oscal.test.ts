import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectSound, parseGiven, refusal, textOf } from './soundness.fixture.ts'

const uuid = '11111111-2222-4333-8444-555555555555'
const label = (value: string): object[] => [
  { name: 'label', value: 'zero', class: 'zero-padded' },
  { name: 'label', value },
]
const catalogue = {
  catalog: {
    uuid,
    metadata: { title: 'Small catalogue', version: '1', 'last-modified': '2024-01-01T00:00:00Z' },
    groups: [
      {
        id: 'ac',
        title: 'Access Control',
        controls: [
          {
            id: 'ac-1',
            title: 'Accounts',
            props: label('AC-1'),
            params: [
              { id: 'p1', label: 'time period' },
              { id: 'p2', select: { 'how-many': 'one-or-more', choice: ['daily', 'within {{ insert: param, p1 }}'] } },
            ],
            links: [
              { href: '#ac-1', rel: 'related' },
              { href: '#pm-9', rel: 'related' },
              { href: '#ac-1.1', rel: 'related' },
              { href: '#99999999-2222-4333-8444-555555555555', rel: 'reference' },
            ],
            parts: [
              {
                id: 'ac-1_smt',
                name: 'statement',
                parts: [
                  {
                    id: 'ac-1_smt.a',
                    name: 'item',
                    props: label('a.'),
                    prose: 'Review accounts {{ insert: param, p2 }}, and remove those that nobody needs any more;',
                  },
                  { id: 'ac-1_smt.b', name: 'item', props: label('b.'), prose: 'Report.' },
                ],
              },
              { id: 'ac-1_gdn', name: 'guidance', prose: 'Accounts grow old.' },
              {
                id: 'ac-1_obj',
                name: 'assessment-objective',
                props: label('AC-01'),
                parts: [{ name: 'assessment-objective', props: label('AC-01a'), prose: 'accounts are reviewed;' }],
              },
              {
                id: 'ac-1_asm',
                name: 'assessment-method',
                props: [{ name: 'method', value: 'EXAMINE' }],
                parts: [{ name: 'assessment-objects', prose: 'Policy\n\nrecords' }],
              },
            ],
            controls: [
              {
                id: 'ac-1.1',
                title: 'Automation',
                props: label('AC-1(1)'),
                links: [
                  { href: '#ac-1', rel: 'required' },
                  { href: '#pm-9', rel: 'related' },
                ],
                parts: [{ id: 'ac-1.1_smt', name: 'statement', prose: 'Use machines.' }],
              },
            ],
          },
        ],
      },
    ],
    'back-matter': {
      resources: [
        {
          uuid: '99999999-2222-4333-8444-555555555555',
          title: 'A law',
          citation: { text: 'Law 1.' },
          rlinks: [{ href: 'https://law.example.com/1' }],
        },
      ],
    },
  },
}

describe('OSCAL', () => {
  it('renders a control as one readable text with its parameters in words', async () => {
    const document = await parseGiven(JSON.stringify(catalogue))
    expectSound(document)
    expect(document).toMatchObject({ title: 'Small catalogue', contentType: 'application/oscal+json' })
    const control = document.segments.findIndex((segment) => segment.kind === 'control')
    expect(document.segments[control]).toMatchObject({
      title: 'AC-1 Accounts',
      name: 'AC-1',
      address: `oscal:${uuid}#ac-1`,
      headingPath: ['Access Control'],
      tags: ['Access Control'],
    })
    expect(textOf(document, control)).toBe(
      [
        'AC-1 Accounts',
        'a. Review accounts [one or more of: daily; within [time period]], and remove those that nobody needs any more;\nb. Report.',
        'Guidance: Accounts grow old.',
        'Related controls: AC-1, PM-9, AC-1(1)',
        'References: A law',
      ].join('\n\n'),
    )
    expect(document.segments[control]!.links).toEqual([
      { kind: 'related', target: `oscal:${uuid}#ac-1`, label: 'AC-1' },
      { kind: 'related', target: `oscal:${uuid}#pm-9`, label: 'PM-9' },
      { kind: 'related', target: `oscal:${uuid}#ac-1.1`, label: 'AC-1(1)' },
      { kind: 'references', target: `oscal:${uuid}#99999999-2222-4333-8444-555555555555`, label: 'A law' },
    ])
  })

  it('gives parts, absent controls and resources segments of their own', async () => {
    const document = await parseGiven(JSON.stringify(catalogue))
    const at = (address: string): string =>
      textOf(
        document,
        document.segments.findIndex((segment) => segment.address === `oscal:${uuid}#${address}`),
      )
    expect(at('pm-9')).toBe('PM-9')
    expect(at('ac-1_smt.a')).toMatch(/^a\. Review accounts .*more;$/u)
    expect(at('ac-1_gdn')).toBe('Guidance: Accounts grow old.')
    expect(at('ac-1_obj')).toBe('Assessment objective of AC-1 Accounts\nAC-01a accounts are reviewed;')
    expect(at('ac-1_asm')).toBe('Assess by: Examine of AC-1 Accounts\nPolicy; records')
    expect(at('99999999-2222-4333-8444-555555555555')).toBe('A law\nLaw 1.\nhttps://law.example.com/1')
    expect(document.segments.find((segment) => segment.address === `oscal:${uuid}#ac-1_smt`)).toMatchObject({ name: 'Accounts' })
    const enhancement = document.segments.find((segment) => segment.address === `oscal:${uuid}#ac-1.1`)
    expect(enhancement).toMatchObject({ kind: 'control', name: 'Automation', headingPath: ['Access Control', 'AC-1 Accounts'] })
    expect(document.segments[enhancement!.parent!]).toMatchObject({ address: `oscal:${uuid}#ac-1` })
  })

  it('says what is wrong with a catalogue', async () => {
    expect((await refusal(JSON.stringify({ catalog: { groups: [] } }))).detail).toMatch(/no uuid/u)
    expect((await refusal(JSON.stringify({ catalog: { uuid, groups: [{ controls: 'x' }] } }))).detail).toMatch(/"controls" is not a list/u)
    expect((await refusal(JSON.stringify({ catalog: { uuid, controls: [{ id: 'a' }, { id: 'a' }] } }))).detail).toMatch(/twice/u)
  })

  const file = new URL('../../../../shared/data/nist-sp800-53-r5-high.oscal.json', import.meta.url)
  it.skipIf(!existsSync(file))(
    'reads the NIST catalogue: 370 controls, 2,209 related pathways that all resolve (skipped where the file is not there)',
    async () => {
      const bytes = readFileSync(file)
      const document = await parseGiven(bytes)
      expectSound(document)
      const controls = document.segments.filter((segment) => segment.kind === 'control')
      expect(controls).toHaveLength(370)
      expect(new Set(controls.map(({ start, end }) => document.text.slice(start, end))).size).toBe(370)
      const addresses = new Set(document.segments.map((segment) => segment.address))
      const related = new Set(
        controls.flatMap((control) => control.links.filter((link) => link.kind === 'related').map((link) => `${control.address} ${link.target}`)),
      )
      expect(related.size).toBe(2_209)
      for (const control of controls) for (const link of control.links) expect(addresses.has(link.target)).toBe(true)
      const absent = document.segments.filter((segment) => segment.kind === 'reference')
      expect(absent).toHaveLength(81)
      expect(new Set(absent.map(({ start, end }) => document.text.slice(start, end))).size).toBe(81)
      expect(await parseGiven(bytes)).toEqual(document)
    },
  )
})

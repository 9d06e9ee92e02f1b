import { describe, expect, it } from 'vitest'
import { expectSound, parseGiven, refusal, textOf } from './soundness.fixture.ts'

describe('HTML', () => {
  const html = { contentType: 'text/html' }

  it('becomes readable text with headings, lists, tables and links', async () => {
    const page = `<!doctype html><html><head><title>Page</title><style>p{}</style><script>alert(1)</script></head><body><nav>Menu</nav>
      <h1>Guide</h1><p>One <b>bold</b>\n  word.<br>Next line.</p><h2 id="use">Use</h2><ul><li><p>first</p></li><li>second <a href="b.html">b</a></li></ul>
      <table><tr><th>Name</th><th>Size</th></tr><tr><td>a</td><td>1</td></tr></table><pre>  x = 1\n  y</pre></body></html>`
    const document = await parseGiven(page, { ...html, address: 'https://example.com/docs/a.html' })
    expectSound(document)
    expect(document.text).toBe('Guide\n\nOne bold word.\nNext line.\n\nUse\n\n- first\n\n- second b\n\nName | Size\na | 1\n\nx = 1\n  y')
    expect(document.title).toBe('Guide')
    expect(document.segments[1]).toMatchObject({
      kind: 'section',
      name: 'Use',
      parent: 0,
      address: 'https://example.com/docs/a.html#use',
      links: [{ kind: 'references', target: 'https://example.com/docs/b.html', label: 'b' }],
    })
  })

  it('takes the title element when there is no heading', async () => {
    expect((await parseGiven('<html><title>Only title</title><p>Text</p></html>', html)).title).toBe('Only title')
  })

  it('refuses markup that nests or multiplies without bounds', async () => {
    expect((await refusal('<div>'.repeat(5_000), html)).code).toBe('broken_document')
    const formatting = Array.from({ length: 400 }, (_, index) => `<b id=${index}>`).join('')
    expect((await refusal(`<p>${formatting}${'<p>x'.repeat(20_000)}`, html)).code).toBe('broken_document')
  })

  it('refuses a page without words', async () => {
    expect((await refusal('<html><body><script>x()</script></body></html>', html)).code).toBe('empty_document')
  })
})

describe('CSV', () => {
  it('leads with the header and makes a segment of every row', async () => {
    const text = '\ufeffid,name,note\r\n1,Anna 🦊,"two\r\nlines, ""quoted"""\r\n\r\n2,Ben,https://example.com/x\r\n3,Ben,z'
    const document = await parseGiven(text, { fileName: 'people.csv' })
    expectSound(document)
    expect(document.text).toBe(text.slice(1))
    expect(document.segments.map((_, index) => textOf(document, index))).toEqual([
      'id,name,note',
      '1,Anna 🦊,"two\r\nlines, ""quoted"""',
      '2,Ben,https://example.com/x',
      '3,Ben,z',
    ])
    expect(document.segments.map(({ kind, title, name, parent }) => ({ kind, title, name, parent }))).toEqual([
      { kind: 'document', title: 'people', name: 'people', parent: null },
      { kind: 'row', title: 'people › Anna 🦊', name: 'Anna 🦊', parent: 0 },
      { kind: 'row', title: 'people › Ben', name: null, parent: 0 },
      { kind: 'row', title: 'people › Ben', name: null, parent: 0 },
    ])
  })

  it('reads semicolons and tabs', async () => {
    expect((await parseGiven('a;b\n1,5;2\n', { fileName: 'x.csv' })).segments).toHaveLength(2)
    expect((await parseGiven('a\tb\n1\t2\n', { fileName: 'x.tsv' })).segments).toHaveLength(2)
  })

  it('names the line of a row that does not fit the header or is not closed', async () => {
    expect(await refusal('a,b\n1,2\n1,2,3\n', { fileName: 'x.csv' })).toEqual({
      code: 'broken_document',
      detail: 'Line 3 of the CSV file: the row has 3 fields, unlike the header.',
    })
    expect(await refusal('a,b\n1,"2\n', { fileName: 'x.csv' })).toMatchObject({ code: 'broken_document', detail: expect.stringMatching(/Quote/u) })
  })
})

describe('JSON', () => {
  const json = { fileName: 'data.json' }

  it('makes a record of every object of a list, its span in the file itself', async () => {
    const text = '[ {"id": 1, "name": "Ada \\u00e9 🦊", "x": [1, {"y": "}]"}]},\n  {"id": 2, "name": "Bob"} ,{"id":3}]\n'
    const document = await parseGiven(text, json)
    expectSound(document)
    expect(document.text).toBe(text)
    expect(document.segments.map((segment, index) => [segment.kind, segment.name, segment.parent, JSON.parse(textOf(document, index)).id])).toEqual([
      ['record', 'Ada é 🦊', null, 1],
      ['record', 'Bob', null, 2],
      ['record', null, null, 3],
    ])
  })

  it('takes a short object whole and a long one member by member', async () => {
    expect((await parseGiven('{"a": 1, "b": {"c": 2}}', json)).segments).toHaveLength(1)
    const long = {
      about: 'x'.repeat(1_500),
      items: Array.from({ length: 40 }, (_, index) => ({ title: `Item ${index}`, text: 'words '.repeat(20) })),
      tail: { deep: ['word '.repeat(2_000), 'end.'] },
    }
    const document = await parseGiven(JSON.stringify(long, null, 2), json)
    expectSound(document)
    expect(document.segments.filter((segment) => segment.kind === 'record')).toHaveLength(40)
    const items = document.segments.findIndex((segment) => segment.name === 'items')
    expect(document.segments[items + 1]).toMatchObject({ kind: 'record', name: 'Item 0', parent: items, headingPath: ['items'] })
    expect(document.segments.some((segment, index) => textOf(document, index).includes('"end."') && segment.kind === 'passage')).toBe(true)
  })

  it('refuses what is not valid or nests too deep', async () => {
    expect((await refusal('{"a": 1,}', json)).detail).toMatch(/^The file is not valid JSON: /u)
    expect(await refusal(`${'['.repeat(201)}${']'.repeat(201)}`, json)).toEqual({
      code: 'broken_document',
      detail: 'The JSON nests deeper than 200 levels.',
    })
    expectSound(await parseGiven(`${'['.repeat(200)}${']'.repeat(200)}`, json))
    expect((await refusal('['.repeat(3_000_000), json)).code).toBe('broken_document')
  })

  it('reads JSON Lines and names the line that is broken', async () => {
    const document = await parseGiven('{"_id":"a","title":"First"}\r\n\n{"_id":"b","title":"Second"}', { fileName: 'x.jsonl' })
    expectSound(document)
    expect(document.segments.map((segment) => segment.name)).toEqual(['First', 'Second'])
    expect((await refusal('{"a":1}\n{"a":\n', { fileName: 'x.jsonl' })).detail).toMatch(/^Line 2 is not valid JSON: /u)
    expect((await refusal(`{"a":1}\n${'['.repeat(300)}${']'.repeat(300)}`, { fileName: 'x.jsonl' })).detail).toBe(
      'Line 2: The JSON nests deeper than 200 levels.',
    )
  })

  it('keeps names that a database can hold', async () => {
    const document = await parseGiven('[{"name": "a\\u0000b\\ud800c"}]', json)
    expectSound(document)
    expect(document.segments[0]!.name).toBe('abc')
  })
})

describe('npm manifest', () => {
  const manifest = { contentType: 'application/vnd.aia.npm-manifest+json', fileName: 'package.json', address: 'npm:@a/b' }

  it('becomes one readable segment with its dependencies as links', async () => {
    const document = await parseGiven(
      JSON.stringify({
        name: '@a/b',
        version: '1.2.3',
        description: 'Does  things',
        license: 'MIT',
        keywords: ['x', 'y'],
        author: 'Somebody',
        engines: { node: '>=20' },
        dependencies: { c: '^1.0.0', '@d/e': '2' },
        peerDependencies: { c: '1' },
      }),
      manifest,
    )
    expectSound(document)
    expect(document.text).toBe(
      '@a/b 1.2.3: Does things\n\n@a/b is published under the licence MIT.\n\n@a/b has the keywords x, y.\n\n@a/b runs on node >=20.\n\n@a/b depends on c ^1.0.0, @d/e 2.\n\n@a/b expects beside it c 1.',
    )
    expect(document).toMatchObject({ tags: ['x', 'y'], contentType: manifest.contentType, title: '@a/b' })
    expect(document.segments).toHaveLength(1)
    expect(document.segments[0]).toMatchObject({ kind: 'package', name: '@a/b', address: 'npm:@a/b' })
    expect(document.segments[0]!.links.map((link) => link.target)).toEqual(['npm:@a/b/readme', 'npm:@a/b/licence', 'npm:c', 'npm:@d/e'])
  })

  it('stays within the size of a segment', async () => {
    const dependencies = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`dependency-${index}`, '^1.0.0']))
    const document = await parseGiven(JSON.stringify({ name: 'x', dependencies }), manifest)
    expectSound(document)
    expect(document.segments[0]!.links).toHaveLength(602)
  })

  it('refuses a manifest without a name', async () => {
    expect((await refusal('{"version": "1"}', manifest)).detail).toBe('The manifest names no package.')
  })
})

describe('what a file is', () => {
  it.each([
    ['{"a": 1}', null, null, 'application/json'],
    ['{"a": 1}\n{"a": 2}\n', null, null, 'application/jsonl'],
    ['<!DOCTYPE html><p>x', null, null, 'text/html'],
    ['# Heading\n\ntext', null, null, 'text/markdown'],
    ['Just words.', null, null, 'text/plain'],
    ['[not json', null, null, 'text/plain'],
    ['a,b\n1,2', 'x.CSV', 'application/vnd.ms-excel', 'text/csv'],
    ['a,b\n1,2', null, 'text/csv; charset=utf-8', 'text/csv'],
    ['x: 1', 'x.yaml', 'application/octet-stream', 'text/plain'],
  ])('takes %j named %s of type %s for %s', async (text, fileName, contentType, expected) => {
    expect((await parseGiven(text, { fileName, contentType })).contentType).toBe(expected)
  })

  it.each([
    ['a PNG picture', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['an executable', [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]],
    ['a gzip archive', [0x1f, 0x8b, 8, 0]],
    ['binary (it contains NUL bytes)', [0x61, 0, 0x62]],
    ['a ZIP archive, but no Word document', [0x50, 0x4b, 5, 6, ...Array<number>(18).fill(0)]],
    ['an old Office document (DOC, XLS or PPT); save it as DOCX', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]],
  ])('refuses %s, whatever its name', async (what, bytes) => {
    for (const fileName of [null, 'notes.md']) {
      const { code, detail } = await refusal(new Uint8Array(bytes), { fileName })
      expect(code).toBe('unsupported_type')
      expect(detail).toContain(`The file is ${what}.`)
    }
  })

  it('says what is wrong with a text', async () => {
    expect(await refusal(new Uint8Array([...Buffer.from('ok\nok '), 0xff, 0x61]), { fileName: 'a.txt' })).toEqual({
      code: 'invalid_encoding',
      detail: 'The text is not valid UTF-8 (near line 2). Save it as UTF-8 and give it again.',
    })
    expect((await refusal('')).code).toBe('empty_document')
    expect((await refusal(' \n\t ')).code).toBe('empty_document')
    expect((await refusal('text', { fileName: 'a.pdf' })).code).toBe('broken_document')
    expect((await refusal('text', { fileName: 'a.docx' })).code).toBe('broken_document')
  })

  it('reads UTF-16 with a byte order mark', async () => {
    const text = 'Grüße 🦊'
    const little = Buffer.from(`\ufeff${text}`, 'utf16le')
    expect((await parseGiven(little, { fileName: 'a.txt' })).text).toBe(text)
    expect((await parseGiven(Buffer.from(little).swap16(), { fileName: 'a.txt' })).text).toBe(text)
    expect((await refusal(little.subarray(0, little.length - 2), { fileName: 'a.txt' })).code).toBe('invalid_encoding')
  })

  it('tells the language of prose and leaves short texts alone', async () => {
    const german =
      'Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung aller staatlichen Gewalt. Das Deutsche Volk bekennt sich darum zu unverletzlichen Menschenrechten als Grundlage jeder Gemeinschaft.'
    const english =
      'The control room shows what the knowledge of an enterprise says and which of its agents read it. It is written in plain words, and every sentence of an answer is cited from the source that says it.'
    expect((await parseGiven(german)).language).toBe('deu')
    expect((await parseGiven(english)).language).toBe('eng')
    expect((await parseGiven('Hello')).language).toBeNull()
  })
})

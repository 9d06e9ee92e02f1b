import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { frontmatter } from 'micromark-extension-frontmatter'
import { gfm } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../ranking/random.ts'
import { slugger } from './links.ts'
import { BlockScanner } from './markdown-blocks.ts'
import { markdownLinks } from './markdown-links.ts'
import { expectSound, parseGiven, textOf } from './soundness.fixture.ts'

const markdown = { contentType: 'text/markdown' }
const paragraph = (words: number): string => Array.from({ length: words }, (_, index) => `word${index}`).join(' ')

describe('Markdown', () => {
  it('keeps the file as it is, without the byte order mark', async () => {
    const text = '# Title\r\n\r\nOne  two.\r\n'
    const document = await parseGiven(`\ufeff${text}`, markdown)
    expect(document.text).toBe(text)
    expectSound(document)
  })

  it('makes one segment of a short text without headings', async () => {
    const document = await parseGiven('\n\n One paragraph.\n\nAnother one, with 🦊.\n\n', markdown)
    expect(document.segments).toHaveLength(1)
    expect(textOf(document, 0)).toBe('One paragraph.\n\nAnother one, with 🦊.')
  })

  it('hangs sections under the section that encloses them', async () => {
    const document = await parseGiven('# Guide\n\nIntro.\n\n## Install\n\nRun it.\n\n### From source\n\nBuild it.\n\n## Use\n\nCall it.\n', {
      ...markdown,
      address: 'file:docs/guide.md',
    })
    expectSound(document)
    expect(document.title).toBe('Guide')
    expect(
      document.segments.map(({ kind, title, name, parent, address, headingPath }) => ({ kind, title, name, parent, address, headingPath })),
    ).toEqual([
      { kind: 'document', title: 'Guide', name: 'Guide', parent: null, address: 'file:docs/guide.md', headingPath: ['Guide'] },
      {
        kind: 'section',
        title: 'Guide › Install',
        name: 'Install',
        parent: 0,
        address: 'file:docs/guide.md#install',
        headingPath: ['Guide', 'Install'],
      },
      {
        kind: 'section',
        title: 'Guide › From source',
        name: 'From source',
        parent: 1,
        address: 'file:docs/guide.md#from-source',
        headingPath: ['Guide', 'Install', 'From source'],
      },
      { kind: 'section', title: 'Guide › Use', name: 'Use', parent: 0, address: 'file:docs/guide.md#use', headingPath: ['Guide', 'Use'] },
    ])
    expect(textOf(document, 1)).toBe('## Install\n\nRun it.')
  })

  it('attaches a heading without text to the section below it', async () => {
    const document = await parseGiven('# A\n\nText.\n\n## API\n\n### one()\n\nFirst. See [the API](#api).\n\n### two()\n\nSecond.\n', {
      ...markdown,
      address: 'file:a.md',
    })
    expect(textOf(document, 1)).toBe('## API\n\n### one()\n\nFirst. See [the API](#api).')
    expect(document.segments[2]).toMatchObject({ parent: 0, headingPath: ['A', 'API', 'two()'] })
    expectSound(document)
  })

  it('keeps a section of 2,000 characters whole and packs a longer one into passages under its first', async () => {
    const fits = await parseGiven(
      `# A\n\n${Array.from({ length: 4 }, () => paragraph(60))
        .join('\n\n')
        .slice(0, 1_900)}`,
      markdown,
    )
    expect(fits.segments).toHaveLength(1)
    const long = await parseGiven(`# A\n\nIntro.\n\n## B\n\n${Array.from({ length: 12 }, () => paragraph(60)).join('\n\n')}`, markdown)
    expectSound(long)
    expect(long.segments.length).toBeGreaterThan(4)
    expect(long.segments[1]).toMatchObject({ kind: 'section', name: 'B' })
    for (const passage of long.segments.slice(2))
      expect(passage).toMatchObject({ kind: 'passage', name: null, parent: 1, title: 'A › B', headingPath: ['A', 'B'] })
    for (const { start, end } of long.segments.slice(1, -1)) expect(end - start).toBeGreaterThan(600)
  })

  it('keeps code whole and splits what is too long at sentence ends', async () => {
    const code = `\`\`\`js\n${Array.from({ length: 100 }, (_, index) => `call(${index}) // and some more`).join('\n')}\n\`\`\``
    const document = await parseGiven(
      `# A\n\n${paragraph(200)}\n\n${code}\n\n${Array.from({ length: 300 }, (_, index) => `Sentence ${index} ends here.`).join(' ')}\n`,
      markdown,
    )
    expectSound(document)
    expect(document.segments.some(({ start, end }) => document.text.slice(start, end).includes(code))).toBe(true)
    for (const { start, end } of document.segments.slice(2, -1)) expect(document.text.slice(start, end)).toMatch(/[.`]$/u)
  })

  it('never cuts inside a surrogate pair', async () => {
    expectSound(await parseGiven(`x${'🦊'.repeat(10_000)}`, markdown))
    expectSound(await parseGiven(`${'🦊'.repeat(10_000)}`, { contentType: 'text/plain' }))
  })

  it('takes links in every form, resolved against the address of the document', async () => {
    const text = [
      '# A',
      '[plain](./b.md#x) [up](../README.md) [root](/docs/c%20d.md) [own](#part-two) [nowhere](#none) [mail](mailto:a@example.com) [js](javascript:alert)',
      '[by name][ref] <https://EXAMPLE.com/Path> https://bare.example.com/x <a href="https://html.example.com/y">html</a>',
      '## Part two',
      'End.',
      '[ref]: https://ref.example.com/z#frag',
    ].join('\n\n')
    const document = await parseGiven(text, { ...markdown, address: 'file:docs/a.md' })
    expect(document.segments[0]!.links.map((link) => link.target).sort()).toEqual([
      'file:README.md',
      'file:docs/a.md#part-two',
      'file:docs/b.md#x',
      'file:docs/c d.md',
      'https://bare.example.com/x',
      'https://example.com/Path',
      'https://html.example.com/y',
      'https://ref.example.com/z#frag',
    ])
    expect(document.segments[0]!.links.find((link) => link.target.startsWith('file:docs/b'))).toEqual({
      kind: 'references',
      target: 'file:docs/b.md#x',
      label: 'plain',
    })
  })

  it('resolves relative links of a page against its URL, and drops them without an address', async () => {
    const page = await parseGiven('# A\n\n[b](b.html) [c](//c.example.com)', { ...markdown, address: 'https://example.com/docs/a.html' })
    expect(page.segments[0]!.links.map((link) => link.target)).toEqual(['https://example.com/docs/b.html', 'https://c.example.com/'])
    expect((await parseGiven('# A\n\n[b](b.html) [x](#a)', markdown)).segments[0]!.links).toEqual([])
  })

  it('numbers anchors of equal headings', async () => {
    const document = await parseGiven('# A\n\nx\n\n## Same, again!\n\ny\n\n## Same, again!\n\nz', { ...markdown, address: 'file:a.md' })
    expect(document.segments.slice(1).map((segment) => segment.address)).toEqual(['file:a.md#same-again', 'file:a.md#same-again-1'])
  })

  it('takes title and tags from front matter, the given title before all', async () => {
    const text = '---\ntitle: From the front\ntags: [alpha, beta]\n---\n\n# Heading\n\nText.\n'
    const document = await parseGiven(text, markdown)
    expect(document).toMatchObject({ title: 'From the front', tags: ['alpha', 'beta'], text })
    expect(document.segments.map((segment) => segment.kind)).toEqual(['document', 'metadata'])
    expect((await parseGiven(text, { ...markdown, title: 'Given' })).title).toBe('Given')
    expect((await parseGiven('Only text.', { fileName: 'notes/My notes.md' })).title).toBe('My notes')
  })

  it('survives front matter that would unfold without end', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`),
    ].join('\n')
    expectSound(await parseGiven(`---\n${bomb}\n---\n\nText.\n`, markdown))
  })

  it.each([
    ['>', 20_000],
    ['[', 50_000],
    ['*a ', 30_000],
    ['![[](', 20_000],
    ['- ', 5_000],
    ['`', 50_000],
    ['<', 50_000],
    ['a\n', 50_000],
    ['|a', 20_000],
    ['# a\n', 5_000],
    ['&', 50_000],
    ['**a', 20_000],
    ['_', 50_000],
    ['[a][', 30_000],
    ['](', 30_000],
    ['[a](<', 20_000],
    ['```\n', 5_001],
    ['<!--', 20_000],
    ['<a ', 20_000],
    ['1. ', 20_000],
    ['# `', 20_000],
    ['\\', 50_000],
    ['[a]: ', 20_000],
  ])('reads %j many times over', async (unit, times) => {
    expectSound(await parseGiven(unit.repeat(times), markdown))
  })

  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  it(`loses no word and gives the same twice (SEED=${seed})`, async () => {
    const random = seededRandom(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    for (let round = 0; round < 60; round++) {
      let count = 0
      const words = (most: number): string =>
        Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(['wort', 'naïve', '東京', '🦊fox', 'x_y', 'e.g.', 'end.']) + count++).join(
          ' ',
        )
      const make = [
        () => `${'#'.repeat(1 + Math.floor(random() * 4))} ${words(6)}`,
        () => words(pick([10, 200, 900])),
        () => `- ${words(20)}\n- ${words(300)}\n  - ${words(10)}\n\n    ${words(30)}`,
        () => `> ${words(40)}\n>\n> ${words(200)}`,
        () => `\`\`\`\n${words(50)}\n${words(500)}\n\`\`\``,
        () => `| a${count++} | b${count++} |\n| - | - |\n| ${words(5)} | ${words(300)} |`,
        () => `<div align="center">\n${words(30)}\n</div>`,
        () => `[ref${count++}]: https://example.com/${count}`,
        () => '---',
      ]
      const text = Array.from({ length: 1 + Math.floor(random() * 25) }, () => pick(make)()).join('\n\n')
      for (const contentType of ['text/markdown', 'text/plain']) {
        const document = await parseGiven(text, { contentType, fileName: contentType === 'text/plain' ? 'a.txt' : 'a.md' })
        expectSound(document)
        expect(await parseGiven(text, { contentType, fileName: contentType === 'text/plain' ? 'a.txt' : 'a.md' })).toEqual(document)
        const covered = new Uint8Array(text.length)
        for (const { start, end } of document.segments) covered.fill(1, start, end)
        const lost = [...text.matchAll(/[\p{L}\p{N}]+/gu)]
          .filter((match) => covered[match.index] !== 1)
          .map((match) => `${match[0]} at ${match.index}`)
        expect(lost, text).toEqual([])
      }
    }
  })

  describe('beside a full CommonMark parser', () => {
    const inside = (node: Nodes, pictures: boolean): string =>
      'value' in node && node.type !== 'html'
        ? node.value
        : node.type === 'image' || node.type === 'imageReference'
          ? pictures
            ? (node.alt ?? '')
            : ''
          : 'children' in node
            ? node.children.map((child) => inside(child, pictures)).join('')
            : ''
    const words = (node: Nodes): string => (inside(node, false).trim() === '' ? inside(node, true) : inside(node, false))
    /** Headings at the top, code and links, as the full parser sees them. */
    function reference(text: string): { headings: string[]; codes: number[]; links: string[] } {
      const root = fromMarkdown(text, {
        extensions: [gfm(), frontmatter(['yaml'])],
        mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(['yaml'])],
      })
      const targets = new Map<string, string>()
      const links: string[] = []
      const walk = (node: Nodes): void => {
        if (node.type === 'definition' && !targets.has(node.identifier)) targets.set(node.identifier, node.url)
        if ('children' in node) for (const child of node.children) walk(child)
      }
      const collect = (node: Nodes): void => {
        if (node.type === 'link' && !node.url.startsWith('mailto:')) links.push(node.url)
        else if (node.type === 'linkReference') links.push(targets.get(node.identifier) ?? '')
        if ('children' in node) for (const child of node.children) collect(child)
      }
      walk(root)
      collect(root)
      const headings = root.children.flatMap((node) =>
        node.type === 'heading' && words(node).trim() !== '' ? [`${node.depth} ${words(node).split(/\s+/u).filter(Boolean).join(' ')}`] : [],
      )
      return { headings, codes: root.children.flatMap((node) => (node.type === 'code' ? [node.position?.start.offset ?? 0] : [])), links }
    }
    const scanned = (text: string): { headings: string[]; codes: number[]; links: string[] } => {
      const { blocks } = new BlockScanner(text, slugger())
      return {
        headings: blocks.flatMap((block) => (block.kind === 'heading' ? [`${block.depth} ${block.heading}`] : [])),
        codes: blocks.flatMap((block) => (block.kind === 'code' ? [block.start] : [])),
        links: markdownLinks(text, blocks).map((link) => link.href),
      }
    }

    it.each([
      '# A #\n\nB\n=\n\nC\nd\n---\n\n####### no\n\n#no\n\n    # code\n',
      '- a\n  # in list\n\n  ## in list too\n\n# Out\n\n1. x\n\n   ```\n   # code\n   ```\n\n# Out 2\n',
      '```\n# code\n~~~\n````\n# code\n```\n# still code?\n',
      '> # quoted\n> text\n\n# Out\n> ```\n> # code\n# Out again\n',
      '<div>\n# in html\n\n# Out\n<!-- a\n\n# comment\n-->\n# Out 2\n<pre>\n\n# pre\n</pre>\n',
      '---\ntitle: a\n---\n# A `b*c*` **d** [e](f) ![g](h) <b>i</b> \\# j_k_l _m_\n',
      '| a | b |\n| - | - |\n| # c | d |\n# Out\n',
    ])('sees the same headings in %j', (text) => {
      expect(scanned(text).headings).toEqual(reference(text).headings)
    })

    it.skipIf(!existsSync('node_modules'))('sees the same headings and links in the READMEs that are installed', () => {
      const folders = readdirSync('node_modules')
        .filter((name) => !name.startsWith('.') && !name.startsWith('@'))
        .sort()
      let [headings, missedHeadings, links, missedLinks, invented, files] = [0, 0, 0, 0, 0, 0]
      for (const folder of folders.filter((_, index) => index % 8 === 0)) {
        const file = readdirSync(`node_modules/${folder}`).find((name) => /^readme\.md$/iu.test(name))
        const text = file ? readFileSync(`node_modules/${folder}/${file}`, 'utf8') : ''
        if (text === '' || text.length > 30_000) continue
        files++
        const [ours, theirs] = [scanned(text), reference(text)]
        const [ourHeadings, ourLinks] = [new Set(ours.headings), new Set(ours.links)]
        headings += theirs.headings.length
        missedHeadings +=
          theirs.headings.filter((heading) => !ourHeadings.has(heading)).length + Math.abs(ours.headings.length - theirs.headings.length)
        links += theirs.links.length
        missedLinks += theirs.links.filter((link) => !ourLinks.has(link) && !ourLinks.has(link.replaceAll('&', '&amp;'))).length
        invented += ours.links.filter((link) => !theirs.links.includes(link) && !text.includes(`href="${link}`)).length
      }
      expect(files).toBeGreaterThan(20)
      expect(missedHeadings / headings, `${missedHeadings} of ${headings} headings`).toBeLessThan(0.02)
      expect(missedLinks / links, `${missedLinks} of ${links} links`).toBeLessThan(0.02)
      expect(invented / links, `${invented} links that are none, beside ${links}`).toBeLessThan(0.02)
    })
  })
})

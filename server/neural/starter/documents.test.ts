import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from '../parsing/parse.ts'
import { expectSound } from '../parsing/soundness.fixture.ts'
import { countStarterDocuments, type StarterDocument, starterDocuments } from './documents.ts'

let project: string

const collect = async (folder: string): Promise<StarterDocument[]> => {
  const found: StarterDocument[] = []
  for await (const document of starterDocuments(folder)) found.push(document)
  return found
}

async function write(path: string, content: string | object): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true })
  await writeFile(join(project, path), typeof content === 'string' ? content : JSON.stringify(content))
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'aia-starter-'))
  await write('README.md', '# Project\n\nSee [decisions](docs/decisions/one.md#why).\n')
  await write('docs/decisions/one.md', '# One\n\n## Why\n\nBecause.\n')
  await write('docs/picture.svg', '<svg/>')
  await write('node_modules/a/package.json', { name: 'a', version: '1.0.0', description: 'First', dependencies: { '@s/b': '^2.0.0' } })
  await write('node_modules/a/README.md', '# a\n\nUses [@s/b](https://www.npmjs.com/package/@s/b). [MIT](LICENSE)\n')
  await write('node_modules/a/README.fr.md', '# a en français\n')
  await write('node_modules/a/LICENSE', 'MIT License\n')
  await write('node_modules/a/license-check.js', 'code')
  await write('node_modules/@s/b/package.json', { name: '@s/b', version: '2.0.0' })
  await write('node_modules/a/node_modules/@s/b/package.json', { name: '@s/b', version: '1.0.0' })
  await write('node_modules/c/node_modules/@s/b/package.json', { name: '@s/b', version: '2.0.0' })
  await write('node_modules/c/package.json', { name: 'c', version: '1.0.0' })
  await write('package-lock.json', {
    packages: Object.fromEntries(
      [
        '',
        'node_modules/a',
        'node_modules/@s/b',
        'node_modules/a/node_modules/@s/b',
        'node_modules/c',
        'node_modules/c/node_modules/@s/b',
        'node_modules/absent',
      ].map((folder) => [folder, {}]),
    ),
  })
})

afterAll(() => rm(project, { recursive: true, force: true }))

const expected = [
  ['manifest', 'npm:@s/b'],
  ['manifest', 'npm:a'],
  ['readme', 'npm:a/readme'],
  ['licence', 'npm:a/licence'],
  ['manifest', 'npm:c'],
  ['manifest', 'npm:@s/b@1.0.0'],
  ['doc', 'file:README.md'],
  ['doc', 'file:docs/decisions/one.md'],
]

describe('the starter workspace', () => {
  it('is every installed package once a version, and the docs, in a fixed order', async () => {
    const documents = await collect(project)
    expect(documents.map(({ kind, address }) => [kind, address])).toEqual(expected)
    expect(await countStarterDocuments(project)).toBe(expected.length)
    expect(documents.find((document) => document.kind === 'readme')).toMatchObject({
      title: 'a README',
      fileName: 'node_modules/a/README.md',
      contentType: 'text/markdown',
    })
    expect(documents.find((document) => document.kind === 'doc')).toMatchObject({ title: 'Project' })
  })

  it('is found without a lock as well', async () => {
    await rm(join(project, 'package-lock.json'))
    expect((await collect(project)).map(({ kind, address }) => [kind, address])).toEqual(expected)
  })

  it('links packages, READMEs, licences and docs so that the links meet', async () => {
    const addresses = new Set<string>()
    const links: string[] = []
    for (const document of await collect(project)) {
      const parsed = await parseDocument(document)
      expectSound(parsed)
      for (const segment of parsed.segments) {
        if (segment.address) addresses.add(segment.address)
        links.push(...segment.links.map((link) => `${segment.address} -> ${link.target}`))
      }
    }
    for (const link of [
      'npm:a -> npm:@s/b',
      'npm:a -> npm:a/readme',
      'npm:a -> npm:a/licence',
      'npm:a/readme -> npm:@s/b',
      'npm:a/readme -> npm:a/licence',
      'file:README.md -> file:docs/decisions/one.md#why',
    ]) {
      expect(links).toContain(link)
      expect(addresses.has(link.split(' -> ')[1]!), link).toBe(true)
    }
  })
})

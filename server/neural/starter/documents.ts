import { type Dirent, existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestType } from '../parsing/detect.ts'

/** A document of the starter workspace, as it lies on disk. */
export interface StarterDocument {
  address: string
  title: string
  fileName: string
  contentType: string
  bytes: Uint8Array
  kind: 'manifest' | 'readme' | 'licence' | 'doc'
}

/** A document that is known but not read yet. */
interface Planned extends Omit<StarterDocument, 'bytes'> {
  path: string
}

interface Package {
  name: string
  version: string
  /** Folder relative to the project, `node_modules/a/node_modules/b`. */
  folder: string
  topLevel: boolean
}

/** Beyond this a "README" is a bundle of something else. */
const mostBytes = 2_000_000

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function readJson(path: string): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Folders the lock names that are really installed: optional packages of other platforms are not. Without a lock, what lies in node_modules. */
async function installedFolders(projectDir: string): Promise<string[]> {
  const lock = await readJson(join(projectDir, 'package-lock.json'))
  if (lock && typeof lock.packages === 'object' && lock.packages !== null)
    return Object.keys(lock.packages).filter((folder) => folder.startsWith('node_modules/') && existsSync(join(projectDir, folder, 'package.json')))
  return walkModules(projectDir, 'node_modules')
}

async function walkModules(projectDir: string, folder: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await names(join(projectDir, folder))) {
    if (name.startsWith('.')) continue
    const inside = `${folder}/${name}`
    if (name.startsWith('@')) {
      for (const scoped of await names(join(projectDir, inside))) found.push(...(await packageAt(projectDir, `${inside}/${scoped}`)))
    } else found.push(...(await packageAt(projectDir, inside)))
  }
  return found
}

async function packageAt(projectDir: string, folder: string): Promise<string[]> {
  if (!existsSync(join(projectDir, folder, 'package.json'))) return []
  return [folder, ...(await walkModules(projectDir, `${folder}/node_modules`))]
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (list) => list.sort(inOrder),
    () => [],
  )
}

async function packagesOf(projectDir: string): Promise<Package[]> {
  const packages: Package[] = []
  for (const folder of (await installedFolders(projectDir)).sort(inOrder)) {
    const manifest = await readJson(join(projectDir, folder, 'package.json'))
    if (!manifest || typeof manifest.name !== 'string' || manifest.name === '') continue
    packages.push({
      name: manifest.name,
      version: typeof manifest.version === 'string' ? manifest.version : '',
      folder,
      topLevel: folder.indexOf('node_modules/', 1) < 0,
    })
  }
  return packages
}

/** The English README in Markdown, if there are several. */
function readmeOf(files: string[]): string | null {
  const found = files.filter((file) => /^readme(?:\.(?:md|markdown|mdown|txt|rst))?$/iu.test(file))
  return found.find((file) => /\.(?:md|markdown)$/iu.test(file)) ?? found[0] ?? null
}

const licencesOf = (files: string[]): string[] =>
  files.filter((file) => /^(?:licen[cs]e|copying|notice)(?:[-_.][\w.-]{1,40})?$/iu.test(file) && !/\.(?:js|mjs|cjs|ts|json|html)$/iu.test(file))

const mediaType = (file: string): string => (/\.(?:md|markdown|mdown)$/iu.test(file) || /^readme$/iu.test(file) ? 'text/markdown' : 'text/plain')

async function planPackage(projectDir: string, found: Package, address: string): Promise<Planned[]> {
  const folder = join(projectDir, found.folder)
  const files = await names(folder)
  const path = (file: string): string => join(folder, file)
  const fileName = (file: string): string => `${found.folder}/${file}`
  const plan: Planned[] = [
    { address, title: found.name, fileName: fileName('package.json'), contentType: manifestType, kind: 'manifest', path: path('package.json') },
  ]
  const readme = readmeOf(files)
  if (readme)
    plan.push({
      address: `${address}/readme`,
      title: `${found.name} README`,
      fileName: fileName(readme),
      contentType: mediaType(readme),
      kind: 'readme',
      path: path(readme),
    })
  for (const [index, file] of licencesOf(files).entries()) {
    const own = index === 0 ? `${address}/licence` : `${address}/licence/${file.toLowerCase()}`
    plan.push({
      address: own,
      title: `${found.name} licence`,
      fileName: fileName(file),
      contentType: mediaType(file),
      kind: 'licence',
      path: path(file),
    })
  }
  return plan
}

async function planDocs(projectDir: string): Promise<Planned[]> {
  const files = existsSync(join(projectDir, 'README.md')) ? ['README.md'] : []
  const walk = async (folder: string): Promise<void> => {
    const entries: Dirent[] = await readdir(join(projectDir, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries.sort((a, b) => inOrder(a.name, b.name))) {
      if (entry.name.startsWith('.')) continue
      const inside = `${folder}/${entry.name}`
      if (entry.isDirectory()) await walk(inside)
      else if (entry.isFile() && /\.(?:md|markdown|txt)$/iu.test(entry.name)) files.push(inside)
    }
  }
  await walk('docs')
  const plan: Planned[] = []
  for (const file of files) {
    const path = join(projectDir, file)
    const heading = /^#[ \t]+(\S.*)$/mu.exec((await readFile(path, 'utf8')).slice(0, 10_000))?.[1]?.trim()
    plan.push({ address: `file:${file}`, title: heading ?? file, fileName: file, contentType: mediaType(file), kind: 'doc', path })
  }
  return plan
}

/** What the starter workspace consists of, in an order that is the same on every machine with the same lock. */
async function plan(projectDir: string): Promise<Planned[]> {
  const packages = await packagesOf(projectDir)
  const planned: Planned[] = []
  const taken = new Set<string>()
  // Top-level copies first: they are what `npm:<name>` means, and a nested copy of the same version says nothing new.
  const seen = new Set(packages.filter((found) => found.topLevel).map((found) => `${found.name}@${found.version}`))
  for (const found of [...packages.filter((one) => one.topLevel), ...packages.filter((one) => !one.topLevel)]) {
    const versioned = `${found.name}@${found.version}`
    if (!found.topLevel && seen.has(versioned)) continue
    seen.add(versioned)
    const address = found.topLevel ? `npm:${found.name}` : `npm:${versioned}`
    if (taken.has(address)) continue
    taken.add(address)
    planned.push(...(await planPackage(projectDir, found, address)))
  }
  planned.push(...(await planDocs(projectDir)))
  const readable: Planned[] = []
  for (const document of planned) {
    const info = await stat(document.path).catch(() => null)
    if (info?.isFile() && info.size > 0 && info.size <= mostBytes) readable.push(document)
  }
  return readable
}

/**
 * AIA's own software supply chain: manifest, README and licences of every installed package, and the project's docs/ and README.md.
 * @param projectDir folder with package-lock.json, node_modules and docs
 */
export async function* starterDocuments(projectDir: string): AsyncGenerator<StarterDocument> {
  for (const { path, ...document } of await plan(projectDir)) yield { ...document, bytes: await readFile(path) }
}

/** How many documents `starterDocuments` gives. */
export async function countStarterDocuments(projectDir: string): Promise<number> {
  return (await plan(projectDir)).length
}

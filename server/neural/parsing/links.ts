import type { Link } from './document.ts'
import { oneLine, showable } from './naming.ts'

/** A link where it stands in the text, its target as written. */
export interface FoundLink {
  at: number
  href: string
  label: string
}

/** Schemes whose targets are addresses of documents AIA may know. */
const ownSchemes = ['npm:', 'file:', 'oscal:']
const longestTarget = 2_000

const parsedUrl = (href: string, base?: string): string | null => {
  try {
    return new URL(href, base).href
  } catch {
    return null
  }
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** `file:docs/a.md` + `../b.md#x` -> `file:b.md#x`. A path that climbs above the root stays at the root. */
function resolveFile(path: string, base: string): string {
  const hash = path.indexOf('#')
  const fragment = hash < 0 ? '' : path.slice(hash)
  const bare = decoded((hash < 0 ? path : path.slice(0, hash)).split('?')[0] ?? '')
  const parts = bare.startsWith('/') ? [] : base.split('/').slice(0, -1)
  for (const part of bare.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `file:${parts.join('/')}${fragment}`
}

/** A package's files have few addresses: its README and its licence. */
function resolveInPackage(path: string, name: string): string | null {
  const file = (path.split('#')[0] ?? '').split('/').pop()?.toLowerCase() ?? ''
  if (/^licen[cs]e|^copying/u.test(file)) return `npm:${name}/licence`
  if (file.startsWith('readme')) return `npm:${name}/readme`
  return null
}

/**
 * The address a link points to, null when it is none (mail, script, or relative without a base).
 * @param base address of the document the link stands in: `file:…`, `npm:…` or a URL
 */
export function resolveLink(href: string, base: string | null): string | null {
  const target = showable(href).trim()
  if (target === '' || target.length > longestTarget) return null
  if (target.startsWith('#')) return base === null || target.length === 1 ? null : `${base.split('#')[0]}${target}`
  const scheme = /^[a-z][a-z0-9+.-]{0,20}:/iu.exec(target)?.[0].toLowerCase()
  if (scheme !== undefined && ownSchemes.includes(scheme)) return scheme + target.slice(scheme.length)
  if (scheme === 'http:' || scheme === 'https:' || target.startsWith('//')) return parsedUrl(target.startsWith('//') ? `https:${target}` : target)
  if (scheme !== undefined || base === null) return null
  if (base.startsWith('file:')) return resolveFile(target, base.slice('file:'.length).split('#')[0] ?? '')
  if (base.startsWith('npm:')) return resolveInPackage(target, base.slice('npm:'.length).replace(/\/(?:readme|licence)$/u, ''))
  return /^https?:/u.test(base) ? parsedUrl(target, base) : null
}

/** The package a page of the npm site is about, as an address. */
function packageOfPage(target: string): string | null {
  const match = /^https?:\/\/(?:www\.)?(?:npmjs\.com|npmjs\.org|npm\.im)\/(?:package\/)?((?:@[\w.-]{1,100}\/)?[\w.-]{1,200})\/?$/u.exec(target)
  return match?.[1] ? `npm:${match[1]}` : null
}

/** References of a found link; an npm page also refers to the package itself. */
export function references(found: FoundLink, base: string | null): Link[] {
  const target = resolveLink(found.href, base)
  if (target === null) return []
  const label = oneLine(found.label, 200)
  const made = (address: string): Link => (label === '' ? { kind: 'references', target: address } : { kind: 'references', target: address, label })
  const page = packageOfPage(target)
  return page === null ? [made(target)] : [made(target), made(page)]
}

/** Each link once (kind and target), in order. */
export function distinctLinks(links: Link[]): Link[] {
  const seen = new Set<string>()
  return links.filter((link) => {
    const key = `${link.kind} ${link.target}`
    return !seen.has(key) && seen.add(key)
  })
}

/** Anchors of headings as GitHub makes them: folded, punctuation out, spaces to dashes, repeats numbered. */
export function slugger(): (heading: string) => string {
  const taken = new Map<string, number>()
  return (heading) => {
    const slug = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replace(/ /gu, '-')
    let unique = slug
    let count = taken.get(slug) ?? 0
    while (taken.has(unique)) unique = `${slug}-${++count}`
    taken.set(slug, count)
    taken.set(unique, taken.get(unique) ?? 0)
    return unique
  }
}

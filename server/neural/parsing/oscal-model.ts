import { ParseError } from './document.ts'
import { oneLine, showable } from './naming.ts'

// What AIA reads of an OSCAL catalogue (https://pages.nist.gov/OSCAL, catalog model 1.x). The rest of the model is left alone.
export interface Parameter {
  id: string
  label: string
  choices: string[]
  severalChoices: boolean
}

export interface Part {
  id: string
  name: string
  title: string
  label: string
  method: string
  prose: string
  parts: Part[]
}

export interface Control {
  id: string
  label: string
  title: string
  parameters: Parameter[]
  /** Links within the catalogue: to controls and back-matter resources. */
  links: { relation: string; id: string }[]
  parts: Part[]
  controls: Control[]
}

export interface Group {
  id: string
  title: string
  parameters: Parameter[]
  parts: Part[]
  groups: Group[]
  controls: Control[]
}

export interface Resource {
  uuid: string
  title: string
  citation: string
  links: string[]
}

export interface Catalogue {
  uuid: string
  title: string
  version: string
  lastModified: string
  groups: Group[]
  controls: Control[]
  resources: Resource[]
}

type Json = Record<string, unknown>

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function list(owner: Json, key: string): Json[] {
  const value = owner[key]
  if (value === undefined) return []
  if (!Array.isArray(value) || !value.every(isJson))
    throw new ParseError('broken_document', `The OSCAL catalogue is malformed: "${key}" is not a list of objects.`)
  return value
}

const text = (owner: Json, key: string): string => (typeof owner[key] === 'string' ? showable(owner[key]) : '')

/** The plain label first; zero-padded and assessment labels are second choices. */
function label(owner: Json): string {
  const labels = list(owner, 'props').filter((prop) => prop.name === 'label')
  const plain = labels.find((prop) => prop.class === undefined) ?? labels[0]
  return plain ? oneLine(text(plain, 'value'), 100) : ''
}

const parameter = (raw: Json): Parameter => {
  const select = isJson(raw.select) ? raw.select : {}
  return {
    id: text(raw, 'id'),
    label: oneLine(text(raw, 'label')),
    choices: Array.isArray(select.choice) ? select.choice.filter((choice): choice is string => typeof choice === 'string').map(showable) : [],
    severalChoices: select['how-many'] === 'one-or-more',
  }
}

const part = (raw: Json): Part => ({
  id: text(raw, 'id'),
  name: text(raw, 'name') || 'part',
  title: oneLine(text(raw, 'title')),
  label: label(raw),
  method: oneLine(list(raw, 'props').flatMap((prop) => (prop.name === 'method' ? [text(prop, 'value')] : []))[0] ?? '', 50),
  prose: text(raw, 'prose'),
  parts: list(raw, 'parts').map(part),
})

function control(raw: Json): Control {
  const id = text(raw, 'id')
  if (id === '') throw new ParseError('broken_document', 'The OSCAL catalogue is malformed: a control has no id.')
  return {
    id,
    label: label(raw),
    title: oneLine(text(raw, 'title')),
    parameters: list(raw, 'params').map(parameter),
    links: list(raw, 'links').flatMap((link) => {
      const href = text(link, 'href')
      return href.startsWith('#') && href.length > 1 ? [{ relation: text(link, 'rel'), id: href.slice(1) }] : []
    }),
    parts: list(raw, 'parts').map(part),
    controls: list(raw, 'controls').map(control),
  }
}

const group = (raw: Json): Group => ({
  id: text(raw, 'id'),
  title: oneLine(text(raw, 'title')) || text(raw, 'id') || 'Group',
  parameters: list(raw, 'params').map(parameter),
  parts: list(raw, 'parts').map(part),
  groups: list(raw, 'groups').map(group),
  controls: list(raw, 'controls').map(control),
})

const resource = (raw: Json): Resource => ({
  uuid: text(raw, 'uuid'),
  title: oneLine(text(raw, 'title')),
  citation: isJson(raw.citation) ? oneLine(text(raw.citation, 'text'), 1_000) : oneLine(text(raw, 'description'), 1_000),
  links: list(raw, 'rlinks').flatMap((link) => (/^https?:/u.test(text(link, 'href')) ? [oneLine(text(link, 'href'), 1_000)] : [])),
})

/** @throws ParseError broken_document when the value is no catalogue that can be read */
export function readCatalogue(value: unknown): Catalogue {
  const raw = isJson(value) && isJson(value.catalog) ? value.catalog : {}
  const uuid = text(raw, 'uuid').toLowerCase()
  if (!/^[0-9a-f-]{36}$/u.test(uuid)) throw new ParseError('broken_document', 'The OSCAL catalogue is malformed: it has no uuid.')
  const metadata = isJson(raw.metadata) ? raw.metadata : {}
  const backMatter = isJson(raw['back-matter']) ? raw['back-matter'] : {}
  return {
    uuid,
    title: oneLine(text(metadata, 'title')),
    version: oneLine(text(metadata, 'version'), 100),
    lastModified: oneLine(text(metadata, 'last-modified').slice(0, 10), 100),
    groups: list(raw, 'groups').map(group),
    controls: list(raw, 'controls').map(control),
    resources: list(backMatter, 'resources').map(resource),
  }
}

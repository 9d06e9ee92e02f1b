import { type Link, ParseError, type Segment } from './document.ts'
import { distinctLinks, resolveLink } from './links.ts'
import { type DocumentContext, documentTitle, fileStem, oneLine, showable, titleUnder } from './naming.ts'
import { type Catalogue, type Control, type Group, type Parameter, type Part, readCatalogue } from './oscal-model.ts'
import type { Parsed } from './plain.ts'
import { pieces } from './spans.ts'

/** Statement items shorter than this say too little alone. */
const shortestItem = 60
const insertion = /\{\{\s*insert:\s*param,\s*([^\s{}]+)\s*\}\}/g

/** True for the JSON form of an OSCAL catalogue. */
export const isCatalogue = (value: unknown): boolean => {
  const catalogue = typeof value === 'object' && value !== null && 'catalog' in value ? value.catalog : null
  return typeof catalogue === 'object' && catalogue !== null && ('groups' in catalogue || 'controls' in catalogue)
}

/** `ac-2.1` is written `AC-2(1)`: for controls that the catalogue refers to but does not hold. */
function labelOfId(id: string): string {
  const [control, ...enhancements] = id.split('.')
  return (control ?? id).toUpperCase() + enhancements.map((number) => `(${number})`).join('')
}

class Rendering {
  readonly segments: Segment[] = []
  private readonly parts: string[] = []
  private length = 0
  private readonly base: string
  private readonly controls = new Map<string, Control>()
  private readonly parameters = new Map<string, Parameter>()
  private readonly resources: Map<string, string>
  /** Controls referred to but absent, by id. */
  private readonly absent = new Set<string>()

  constructor(
    private readonly catalogue: Catalogue,
    private readonly title: string,
    address: string | null,
  ) {
    this.base = `oscal:${catalogue.uuid}`
    this.resources = new Map(catalogue.resources.map((resource) => [resource.uuid, resource.title]))
    this.collect(catalogue.groups, catalogue.controls)
    const facts = [
      catalogue.version === '' ? '' : `Version ${catalogue.version}`,
      catalogue.lastModified === '' ? '' : `last modified ${catalogue.lastModified}`,
    ]
    const start = this.write(catalogue.title || title)
    this.write([`A catalogue of ${this.controls.size} controls`, ...facts].filter((fact) => fact !== '').join(', '), '\n')
    const lead = this.segment({ kind: 'document', title, name: title, start, address: address ?? this.base })
    for (const control of catalogue.controls) this.control(control, lead, [], [])
    for (const group of catalogue.groups) this.group(group, lead, [])
    this.backMatter(lead)
  }

  toString(): string {
    return this.parts.join('')
  }

  private collect(groups: Group[], controls: Control[]): void {
    for (const control of controls) {
      if (this.controls.has(control.id))
        throw new ParseError('broken_document', `The OSCAL catalogue holds the control ${oneLine(control.id, 100)} twice.`)
      this.controls.set(control.id, control)
      for (const parameter of control.parameters) this.parameters.set(parameter.id, parameter)
      this.collect([], control.controls)
    }
    for (const group of groups) {
      for (const parameter of group.parameters) this.parameters.set(parameter.id, parameter)
      this.collect(group.groups, group.controls)
    }
  }

  /** Appends words after a gap and returns where they begin. */
  private write(words: string, gap = '\n\n'): number {
    const clean = showable(words).trim()
    if (clean === '') return this.length
    if (this.length > 0) this.append(gap)
    const start = this.length
    this.append(clean)
    return start
  }

  private append(text: string): void {
    this.parts.push(text)
    this.length += text.length
  }

  private segment(
    given: {
      kind: string
      title: string
      name: string | null
      start: number
      end?: number
      parent?: number | null
      address?: string | null
    } & Partial<Segment>,
  ): number {
    this.segments.push({ headingPath: [], parent: null, address: null, links: [], ...given, end: given.end ?? this.length })
    return this.segments.length - 1
  }

  private parameterWords(id: string, depth: number): string {
    const parameter = this.parameters.get(id)
    if (!parameter) return `[${id}]`
    if (parameter.choices.length === 0) return `[${parameter.label || id}]`
    const choices = parameter.choices.map((choice) => (depth > 5 ? choice : this.words(choice, depth + 1)).trim())
    return `[${parameter.severalChoices ? 'one or more of' : 'one of'}: ${choices.join('; ')}]`
  }

  private words(prose: string, depth = 0): string {
    return prose.replace(insertion, (_, id: string) => this.parameterWords(id, depth)).trim()
  }

  private label(id: string): string {
    return this.controls.get(id)?.label || labelOfId(id)
  }

  private group(group: Group, parent: number, above: string[]): void {
    const start = this.write(group.title)
    const path = [...above, group.title]
    const here = this.segment({
      kind: 'section',
      title: titleUnder(this.title, group.title),
      name: group.title,
      start,
      parent,
      headingPath: path,
      tags: [group.title],
      address: group.id ? `${this.base}#${group.id}` : null,
    })
    for (const part of group.parts) this.apart(part, here, group.title, path, [group.title])
    for (const control of group.controls) this.control(control, here, path, [group.title])
    for (const inner of group.groups) this.group(inner, here, path)
  }

  private control(control: Control, parent: number, path: string[], tags: string[]): void {
    const heading = oneLine([control.label, control.title].filter((part) => part !== '').join(' ')) || control.id
    const start = this.write(heading)
    // Enhancements share their control's label but for a bracket, so their title names them; a label without bracket is exact.
    const bare = control.label !== '' && !control.label.includes('(')
    const index = this.segment({
      kind: 'control',
      title: heading,
      name: bare ? control.label : control.title || heading,
      start,
      parent,
      headingPath: path,
      tags,
      address: `${this.base}#${control.id}`,
    })
    const said = control.parts.filter((part) => !part.name.startsWith('assessment'))
    for (const part of said) this.said(part, index, { title: control.title, heading, bare, path, tags })
    const self = this.segments[index]!
    this.related(control, index)
    const cited = control.links.filter((link) => link.relation === 'reference').flatMap((link) => this.resources.get(link.id) ?? [])
    if (cited.length > 0) this.write(`References: ${cited.join('; ')}`)
    self.end = this.length
    self.links = this.links(control)
    for (const part of control.parts) if (part.name.startsWith('assessment')) this.apart(part, index, heading, [...path, heading], tags)
    for (const inner of control.controls) this.control(inner, index, [...path, heading], tags)
  }

  /** Statement and guidance, within the control's own span. */
  private said(part: Part, control: number, of: { title: string; heading: string; bare: boolean; path: string[]; tags: string[] }): void {
    const isStatement = part.name === 'statement'
    const lines: { start: number; part: Part; end: number }[] = []
    const first = isStatement || part.name === 'item' ? '' : `${part.title || part.name[0]!.toUpperCase() + part.name.slice(1)}: `
    const readable = this.words(part.prose)
    const start = readable === '' && first === '' ? null : this.write(first + readable)
    const items = (inner: Part[], depth: number): number | null => {
      let opened: number | null = null
      for (const item of inner) {
        const words = [item.label, this.words(item.prose)].filter((piece) => piece !== '').join(' ')
        const at: number | null =
          words === '' ? null : this.write(words, depth === 0 && opened === null && start === null ? '\n\n' : `\n${'  '.repeat(depth)}`)
        const below = items(item.parts, depth + 1)
        const from: number | null = at ?? below
        if (from !== null) lines.push({ start: from, part: item, end: this.length })
        opened ??= from
      }
      return opened
    }
    const inside = items(part.parts, 0)
    const from = start ?? inside
    if (from === null) return
    const shared = { headingPath: [...of.path, of.heading], tags: of.tags }
    const whole = this.segment({
      kind: 'part',
      ...shared,
      title: `${of.heading} › ${isStatement ? 'Statement' : first.replace(/: $/, '') || part.label}`,
      name: isStatement && of.bare && of.title !== '' ? of.title : null,
      start: from,
      parent: control,
      address: part.id ? `${this.base}#${part.id}` : null,
    })
    for (const line of lines.sort((a, b) => a.start - b.start || b.end - a.end)) {
      if (line.end - line.start < shortestItem || (line.start === from && line.end === this.length)) continue
      this.segment({
        kind: 'part',
        ...shared,
        title: titleUnder(of.heading, line.part.label),
        name: null,
        start: line.start,
        end: line.end,
        parent: whole,
        address: line.part.id ? `${this.base}#${line.part.id}` : null,
      })
    }
  }

  /** Assessment objectives and methods, and the prose of groups: beside the control's own text. */
  private apart(part: Part, parent: number, heading: string, path: string[], tags: string[]): void {
    const method = part.method === '' ? '' : `${part.method[0]!.toUpperCase()}${part.method.slice(1).toLowerCase()}`
    const kindWords =
      part.name === 'assessment-objective' ? 'Assessment objective' : method === '' ? oneLine(part.name.replaceAll('-', ' ')) : `Assess by: ${method}`
    const lines: string[] = []
    const collect = (inner: Part, depth: number): void => {
      const words = [inner.label === part.label && depth > 0 ? '' : inner.label, this.words(inner.prose).split(/\n+/).join('; ')]
        .filter((piece) => piece !== '')
        .join(' ')
      if (words !== '' && (depth > 0 || inner.prose !== '')) lines.push(words)
      for (const child of inner.parts) collect(child, depth + 1)
    }
    collect(part, 0)
    if (lines.length === 0) return
    const text = showable([`${kindWords} of ${heading}`, ...lines].join('\n')).trim()
    const start = this.write(text)
    let first: number | null = null
    for (const cut of pieces(text, { start: 0, end: text.length }, 1_200, 2_000, 4_000, true)) {
      const at = this.segment({
        kind: 'part',
        title: `${heading} › ${kindWords}`,
        name: null,
        start: start + cut.start,
        end: start + cut.end,
        parent: first ?? parent,
        headingPath: path,
        tags,
        address: first === null && part.id ? `${this.base}#${part.id}` : null,
      })
      first ??= at
    }
  }

  /** The line of related controls. A control that the catalogue lacks gets a segment at its first naming, so links to it hold. */
  private related(control: Control, index: number): void {
    const ids = [...new Set(control.links.filter((link) => link.relation === 'related').map((link) => link.id))]
    if (ids.length === 0) return
    const head = 'Related controls: '
    let at = this.write(`${head}${ids.map((id) => this.label(id)).join(', ')}`) + head.length
    for (const id of ids) {
      const label = this.label(id)
      if (!this.controls.has(id) && !this.absent.has(id)) {
        this.absent.add(id)
        this.segment({
          kind: 'reference',
          title: label,
          name: label,
          start: at,
          end: at + label.length,
          parent: index,
          address: `${this.base}#${id}`,
        })
      }
      at += label.length + 2
    }
  }

  private links(control: Control): Link[] {
    return distinctLinks(
      control.links.flatMap((link): Link[] => {
        const target = `${this.base}#${link.id}`
        if (link.relation === 'related') return [{ kind: 'related', target, label: this.label(link.id) }]
        const label = this.resources.get(link.id) ?? (this.controls.has(link.id) ? this.label(link.id) : null)
        return label === null ? [] : [{ kind: 'references', target, label }]
      }),
    )
  }

  private backMatter(lead: number): void {
    for (const resource of this.catalogue.resources) {
      const lines = [resource.title, resource.citation, ...resource.links].filter((line) => line !== '')
      if (lines.length === 0) continue
      const start = this.write(lines.join('\n'))
      const links = resource.links.flatMap((href): Link[] => {
        const target = resolveLink(href, null)
        return target === null ? [] : [{ kind: 'references', target }]
      })
      const name = resource.title || null
      this.segment({
        kind: 'resource',
        title: name ?? titleUnder(this.title, 'Resource'),
        name,
        start,
        parent: lead,
        address: `${this.base}#${resource.uuid}`,
        links: distinctLinks(links),
      })
    }
  }
}

/**
 * An OSCAL catalogue (NIST OSCAL 1.x, JSON) as readable text: a control with its statement, guidance and related controls is
 * one segment; statement items, guidance and assessments hang under it. Addresses are `oscal:<catalogue uuid>#<id>`.
 */
export function parseOscal(value: unknown, context: DocumentContext): Parsed {
  const catalogue = readCatalogue(value)
  const title = documentTitle([context.title, catalogue.title, fileStem(context.fileName)], 'OSCAL catalogue')
  const rendering = new Rendering(catalogue, title, context.address)
  return { title, text: rendering.toString(), contentType: 'application/oscal+json', tags: [], segments: rendering.segments }
}

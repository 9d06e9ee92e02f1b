import type { AnyRouter } from '@orpc/server'
import { traverseContractProcedures } from '@orpc/server'
import type { OperationMeta } from './operation.ts'

export interface RouteEntry {
  name: string
  method: string
  /** As declared, for example /v1/neural/sources/{id}. */
  path: string
  meta: OperationMeta
  pattern: RegExp
}

/** Every operation of the table with its method and path, for what must be known before a body is read. */
export function routeTable(router: AnyRouter, prefix: string): RouteEntry[] {
  const entries: RouteEntry[] = []
  traverseContractProcedures({ router, path: [] }, ({ contract, path }) => {
    const { route, meta } = contract['~orpc']
    if (!route.path) throw new Error(`Operation ${path.join('.')} has no path.`)
    const pattern = new RegExp(`^${prefix}${route.path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}/?$`)
    entries.push({ name: path.join('.'), method: route.method ?? 'POST', path: route.path, meta: meta as OperationMeta, pattern })
  })
  return entries
}

/** Finds the routes of a path: by look-up where it is declared as it stands, else by pattern. */
export function routeFinder<T extends RouteEntry>(routes: readonly T[], prefix: string): (pathname: string) => readonly T[] {
  const fixed = new Map<string, T[]>()
  const patterns = routes.filter((route) => route.path.includes('{'))
  for (const route of routes) if (!route.path.includes('{')) fixed.set(prefix + route.path, [...(fixed.get(prefix + route.path) ?? []), route])
  return (pathname) => {
    const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
    const open = patterns.filter((route) => route.pattern.test(path))
    const known = fixed.get(path)
    return known ? [...known, ...open.filter((route) => known.every(({ method }) => method !== route.method))] : open
  }
}

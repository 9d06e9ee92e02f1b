import { eq, type SQL, sql } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import { graphInput, graph as graphSchema } from './contract.ts'
import { numbered } from './knowledge/stored.ts'
import { knowledgeAtoms, type PathwayKind } from './tables.ts'

/** Edges drawn for each node of the budget; more would only make a hairball. */
const edgesPerNode = 6

interface Scope {
  enterpriseId: string
  kind: PathwayKind | undefined
  domain: string | undefined
}

const numbersList = (numbers: number[]): SQL => sql`(select number from ${numbered(numbers)})`

/** Breadth first from one atom, heaviest pathways first, until the depth or the budget is reached. */
async function neighbourhood(
  tx: Transaction,
  scope: Scope,
  start: number,
  depth: number,
  budget: number,
): Promise<{ numbers: number[]; truncated: boolean }> {
  const seen = new Set([start])
  let frontier = [start]
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const room = budget - seen.size
    const found = await rows<{ number: number }>(
      tx,
      sql`select e.other as number from (
            select target as other, weight from pathways where enterprise_id = ${scope.enterpriseId} and source in ${numbersList(frontier)} ${kindIs(scope)}
            union all
            select source as other, weight from pathways where enterprise_id = ${scope.enterpriseId} and target in ${numbersList(frontier)} ${kindIs(scope)}
          ) e join knowledge_atoms a on a.enterprise_id = ${scope.enterpriseId} and a.number = e.other
          where e.other not in ${numbersList([...seen])} ${domainIs(scope)}
          group by e.other, a.content_hash order by max(e.weight) desc, a.content_hash limit ${room + 1}`,
    )
    frontier = found.slice(0, room).map((row) => row.number)
    for (const number of frontier) seen.add(number)
    if (found.length > room) return { numbers: [...seen], truncated: true }
  }
  return { numbers: [...seen], truncated: false }
}

const kindIs = ({ kind }: Scope): SQL => (kind ? sql`and kind = ${kind}` : sql``)
const domainIs = ({ domain }: Scope): SQL => (domain ? sql`and ${domain} = any(a.knowledge_domains)` : sql``)

/** The best connected atoms. */
async function heaviest(tx: Transaction, scope: Scope, budget: number): Promise<{ numbers: number[]; truncated: boolean }> {
  const found = await rows<{ number: number }>(
    tx,
    sql`select a.number from knowledge_atoms a left join (
          select number, count(*) as n from (
            select source as number from pathways where enterprise_id = ${scope.enterpriseId} ${kindIs(scope)}
            union all select target from pathways where enterprise_id = ${scope.enterpriseId} ${kindIs(scope)}
          ) e group by number
        ) d on d.number = a.number
        where a.enterprise_id = ${scope.enterpriseId} ${domainIs(scope)}
        order by coalesce(d.n, 0) desc, a.content_hash limit ${budget + 1}`,
  )
  return { numbers: found.slice(0, budget).map((row) => row.number), truncated: found.length > budget }
}

export const graph = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph',
    summary: 'The neighbourhood of an atom, or the best connected part of the whole graph',
    tags: ['neural'],
  })
  .input(graphInput)
  .output(graphSchema)
  .handler(async ({ input, context: { tx, caller } }) => {
    const scope: Scope = { enterpriseId: caller.enterpriseId, kind: input.kind, domain: input.domain }
    const [start] = input.atom_id
      ? await tx.select({ number: knowledgeAtoms.number }).from(knowledgeAtoms).where(eq(knowledgeAtoms.id, input.atom_id))
      : []
    if (input.atom_id && !start) throw problem('not_found', 'There is no such atom.')
    const chosen = start ? await neighbourhood(tx, scope, start.number, input.depth, input.budget) : await heaviest(tx, scope, input.budget)
    const list = numbersList(chosen.numbers)
    const nodes = await rows<{ number: number; id: string; title: string; kind: string; domains: string[] }>(
      tx,
      sql`select number, id, title, kind, knowledge_domains as domains from knowledge_atoms where enterprise_id = ${caller.enterpriseId} and number in ${list} order by content_hash`,
    )
    const limit = edgesPerNode * Math.max(1, input.budget)
    const edges = await rows<{ source: number; target: number; kind: PathwayKind; weight: number }>(
      tx,
      sql`select p.source, p.target, p.kind, p.weight from pathways p where p.enterprise_id = ${caller.enterpriseId} and p.source in ${list} and p.target in ${list} ${kindIs(scope)}
          order by p.weight desc, p.source, p.target limit ${limit + 1}`,
    )
    const ids = new Map(nodes.map((node) => [node.number, node.id]))
    const degree = new Map<number, number>()
    for (const edge of edges) for (const end of [edge.source, edge.target]) degree.set(end, (degree.get(end) ?? 0) + 1)
    return {
      nodes: nodes.map(({ number, ...node }) => ({ ...node, degree: degree.get(number) ?? 0 })),
      edges: edges.slice(0, limit).flatMap((edge) => {
        const [from, to] = [ids.get(edge.source), ids.get(edge.target)]
        return from && to ? [{ from, to, kind: edge.kind, weight: edge.weight }] : []
      }),
      truncated: chosen.truncated || edges.length > limit,
    }
  })

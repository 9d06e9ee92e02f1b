import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import type { DomainEvent } from '../../storage/outbox/port.ts'
import type { AgentTask } from '../answering/agents.ts'
import type { ResultSignal } from './record.ts'

/**
 * Keeps what agents did for an answer, which of them the enterprise uses and which atoms each has worked with: the retriever with every one that
 * it brought, composer and verifier with those that the answer cites. A planner works with none.
 * @returns what is to be told: of agents or atoms that were not known before
 */
export async function recordAgentWork(
  tx: Transaction,
  { enterpriseId, resultId }: { enterpriseId: string; resultId: string },
  tasks: readonly AgentTask[],
  signals: readonly ResultSignal[],
): Promise<DomainEvent[]> {
  if (tasks.length === 0) return []
  const agents = [...new Set(tasks.map(({ agent }) => agent))]
  const worked = agents.flatMap((agent) => {
    if (agent === 'planner') return []
    const atoms = agent === 'retriever' ? signals : signals.filter(({ cited }) => cited !== null)
    return atoms.map(({ number }) => ({ agent, atom: number }))
  })
  // One statement: each is a way to the server and back. Row by row by key, whatever the planner knows: by joins it was seen to go through all
  // that the enterprise has. An atom that is just being deleted is left out, and nobody waits for that.
  const [found] = await rows<{ agents: number; atoms: number[] }>(
    tx,
    sql`with done as (
        insert into agent_tasks (enterprise_id, result_id, agent, task, outcome, accepted_at_first_review, retries, started_at, ended_at, duration_ms)
        select ${enterpriseId}::uuid, ${resultId}::uuid, agent, task, outcome, "acceptedAtFirstReview", retries, "startedAt", "endedAt", "durationMs"
        from json_to_recordset(${asJson(tasks)}::text::json) as t(agent text, task text, outcome text, "acceptedAtFirstReview" boolean, retries int,
          "startedAt" timestamptz, "endedAt" timestamptz, "durationMs" float8)
      ), used as (
        insert into agent_uses (enterprise_id, agent) select ${enterpriseId}::uuid, a.agent from json_array_elements_text(${asJson(agents)}::text::json) as a(agent)
        on conflict do nothing returning agent
      ), fresh as materialized (
        select w.atom, w.agent from json_to_recordset(${asJson(worked)}::text::json) as w(agent text, atom int)
        where (select p.atom from agent_atoms p where p.enterprise_id = ${enterpriseId} and p.atom = w.atom and p.agent = w.agent) is null
      ), there as materialized (
        select k.number from (select distinct atom from fresh) f cross join lateral (
          select number from knowledge_atoms where enterprise_id = ${enterpriseId} and number = f.atom limit 1 for key share skip locked
        ) k
      ), reached as (
        insert into agent_atoms (enterprise_id, atom, agent)
        select ${enterpriseId}::uuid, f.atom, f.agent from fresh f join there t on t.number = f.atom on conflict do nothing returning atom
      )
      select (select count(*)::int from used) as agents, (select coalesce(json_agg(distinct atom), '[]') from reached) as atoms`,
  )
  return found && (found.agents > 0 || found.atoms.length > 0) ? [{ kind: 'agents.worked', atoms: found.atoms }] : []
}

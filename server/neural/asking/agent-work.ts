import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import type { AgentTask } from '../answering/agents.ts'
import type { ResultSignal } from './record.ts'

/**
 * Keeps which agents the enterprise uses and which atoms each has worked with: the retriever with every one that it brought, composer and
 * verifier with those that the answer cites. A planner works with none.
 */
export async function recordAgentWork(
  tx: Transaction,
  enterpriseId: string,
  tasks: readonly AgentTask[],
  signals: readonly ResultSignal[],
): Promise<void> {
  const agents = [...new Set(tasks.map(({ agent }) => agent))]
  const worked = agents.flatMap((agent) => {
    if (agent === 'planner') return []
    const atoms = agent === 'retriever' ? signals : signals.filter(({ cited }) => cited !== null)
    return atoms.map(({ number }) => ({ agent, atom: number }))
  })
  // An atom that is just being deleted is left out, and nobody waits for that.
  const [found] = await rows<{ agents: number; atoms: number[] }>(
    tx,
    sql`with used as (
        insert into agent_uses (enterprise_id, agent) select ${enterpriseId}::uuid, a.agent from json_array_elements_text(${asJson(agents)}::text::json) as a(agent)
        on conflict do nothing returning agent
      ), fresh as materialized (
        select w.atom, w.agent from json_to_recordset(${asJson(worked)}::text::json) as w(agent text, atom int)
        where not exists (select from agent_atoms p where p.enterprise_id = ${enterpriseId} and p.atom = w.atom and p.agent = w.agent)
      ), there as materialized (
        select number from knowledge_atoms where enterprise_id = ${enterpriseId} and number in (select atom from fresh) for key share skip locked
      ), reached as (
        insert into agent_atoms (enterprise_id, atom, agent)
        select ${enterpriseId}::uuid, f.atom, f.agent from fresh f join there t on t.number = f.atom on conflict do nothing returning atom
      )
      select (select count(*)::int from used) as agents, (select coalesce(json_agg(distinct atom), '[]') from reached) as atoms`,
  )
  if (found && (found.agents > 0 || found.atoms.length > 0)) await publish(tx, enterpriseId, { kind: 'agents.worked', atoms: found.atoms })
}

import type { AgentReport } from '@/components/api/types'
import { formatNumber, humanise } from '@/components/ui/format'
import { SectionTitle } from '@/components/ui/page'

/** What each agent did for this answer, and how long it took. */
export function AgentsTable({ agents }: { agents: readonly AgentReport[] }) {
  if (agents.length === 0) return null
  return (
    <section aria-label="Agents">
      <SectionTitle>Agents</SectionTitle>
      <table className="w-full">
        <thead>
          <tr className="border-b border-line text-left text-xs text-quiet">
            <th scope="col" className="py-1.5 pr-3 font-normal">
              Agent
            </th>
            <th scope="col" className="py-1.5 pr-3 font-normal">
              Outcome
            </th>
            <th scope="col" className="py-1.5 text-right font-normal">
              ms
            </th>
          </tr>
        </thead>
        <tbody>
          {agents
            .map((agent, position) => ({ agent, position }))
            .map(({ agent, position }) => (
              <tr key={position} className="border-b border-line align-top">
                <th scope="row" className="py-2 pr-3 text-left font-normal">
                  {humanise(agent.name)}
                </th>
                <td className="py-2 pr-3 break-words text-quiet" title={agent.task}>
                  {agent.outcome}
                </td>
                <td className="py-2 text-right">{formatNumber(agent.duration_ms, agent.duration_ms < 10 ? 1 : 0)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  )
}

import type { QueryKey } from '@tanstack/react-query'
import { orpc } from '@/components/api/client'
import type { LiveEvent } from '@/server/events/contract'

/** The queries whose answers an event makes old; null: all of them. Nothing shown is made from the event itself. */
export function madeStaleBy(event: LiveEvent): readonly QueryKey[] | null {
  const { analytics, neural, jobs, audit, auth, exports, gateway, webhooks } = orpc
  switch (event.kind) {
    case 'opened':
      // What happened between the first answers and this.
      return [
        neural.status.key(),
        neural.listSources.key(),
        neural.listAtoms.key(),
        neural.listResults.key(),
        neural.trainingRuns.key(),
        neural.metrics.key(),
        analytics.listRules.key(),
      ]
    case 'reset':
      return null
    case 'knowledge.changed':
      return [neural.status.key(), neural.listSources.key(), neural.listAtoms.key()]
    case 'source.state':
      return [neural.status.key(), neural.listSources.key(), neural.getSource.key({ input: { id: event.id } })]
    case 'answer.given':
      return [neural.metrics.key(), ...(event.id ? [neural.listResults.key()] : [])]
    case 'training.ended':
      return [neural.trainingRuns.key(), neural.models.key(), neural.metrics.key(), neural.status.key()]
    case 'job.ended':
      return [jobs.key(), exports.key(), neural.status.key()]
    case 'alert.changed':
      return [analytics.listRules.key()]
    case 'administration.changed':
      return [auth.key(), audit.key(), gateway.key(), jobs.key(), webhooks.key()]
  }
}

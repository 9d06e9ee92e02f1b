'use client'
import { Button, IconButton, Tooltip } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BellPlus, BellRing, CircleCheck, CircleHelp, CirclePause, Pause, Pencil, Play, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { Ago } from '@/components/ui/ago'
import { Badge, type Tone } from '@/components/ui/badge'
import { metricText } from '@/components/ui/measure'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { AlertForm, type Draft } from './alert-form'
import { type AlertRule, chartOf, conditionText } from './alert-words'
import { useAlertRules } from './use-alert-rules'
import type { MetricInfo } from './use-series'
import type { View } from './view'

/** Without its id and its state, as the server takes it. */
const inputOf = ({ name, measurement, metric, aggregate, tags, condition, threshold, window_seconds, paused }: AlertRule) => ({
  ...{ name, measurement, metric, aggregate, tags, condition, threshold, window_seconds, paused },
})

const isFiring = ({ paused, state }: AlertRule) => !paused && state === 'firing'

function looksOf(rule: AlertRule): { tone: Tone; label: string; Icon: typeof BellRing } {
  const { paused, state } = rule
  if (paused) return { tone: 'idle', label: 'Paused', Icon: CirclePause }
  if (isFiring(rule)) return { tone: 'danger', label: 'Firing', Icon: BellRing }
  if (state === 'ok') return { tone: 'ok', label: 'OK', Icon: CircleCheck }
  return { tone: 'idle', label: state === 'no_data' ? 'No data' : 'Not looked at yet', Icon: CircleHelp }
}

/** The alert rules of the enterprise: how each stands, and for those who may, to make, change, pause and delete them. */
export function AlertRules({ view, catalogue }: { view: View; catalogue: readonly MetricInfo[] }) {
  const { data: profile } = useProfile()
  const mayManage = profile?.permissions.includes('alerts.manage') ?? false
  const rules = useAlertRules()
  const [draft, setDraft] = useState<Draft | null>(null)
  // What fires comes first, then by name as the server gives it.
  const items = (rules.data?.items ?? []).toSorted((a, b) => Number(isFiring(b)) - Number(isFiring(a)))
  return (
    <section aria-label="Alert rules" className="mt-3">
      <Panel className="p-3">
        <SectionTitle
          aside={
            mayManage && (
              <Button variant="outlined" startIcon={<BellPlus size={15} aria-hidden />} onClick={() => setDraft({ view })}>
                New alert rule
              </Button>
            )
          }
        >
          Alert rules
        </SectionTitle>
        {rules.error && !rules.data ? (
          <ErrorState error={rules.error} onRetry={() => void rules.refetch()} title="The alert rules could not be loaded" />
        ) : !rules.data ? (
          <SkeletonRows rows={2} label="Loading the alert rules" />
        ) : items.length === 0 ? (
          <p className="text-quiet">
            None yet. A rule looks every minute whether a figure is above or below a threshold; while it fires, it stands in the Overview.
          </p>
        ) : (
          <ul className="divide-y divide-line">
            {items.map((rule) => (
              <Row key={rule.id} rule={rule} mayManage={mayManage} edit={() => setDraft({ rule })} />
            ))}
          </ul>
        )}
      </Panel>
      <AlertForm draft={draft} catalogue={catalogue} close={() => setDraft(null)} />
    </section>
  )
}

function Row({ rule, mayManage, edit }: { rule: AlertRule; mayManage: boolean; edit: () => void }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const again = () => queryClient.invalidateQueries({ queryKey: orpc.analytics.listRules.key() })
  const pause = useMutation({
    mutationFn: () => client.analytics.changeRule({ id: rule.id, ...inputOf(rule), paused: !rule.paused }),
    onSuccess: again,
    onError: (error) => notices.fail('It could not be changed.', error),
  })
  const remove = useMutation({
    mutationFn: () => client.analytics.deleteRule({ id: rule.id }),
    onSuccess: () => {
      void again()
      const undo = () => void client.analytics.makeRule(inputOf(rule)).then(again, (error) => notices.fail('It is not back.', error))
      notices.say(`“${rule.name}” is deleted.`, { label: 'Undo', run: undo })
    },
    onError: (error) => notices.fail('It could not be deleted.', error),
  })
  const { tone, label, Icon } = looksOf(rule)
  const actions = [
    { what: 'Change', Icon: Pencil, run: edit, busy: false },
    { what: rule.paused ? 'Go on with' : 'Pause', Icon: rule.paused ? Play : Pause, run: () => pause.mutate(), busy: pause.isPending },
    { what: 'Delete', Icon: Trash2, run: () => remove.mutate(), busy: remove.isPending },
  ]
  return (
    <li data-alert={label} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <span className="w-32">
        <Badge tone={tone} icon={<Icon size={13} aria-hidden />}>
          {label}
        </Badge>
      </span>
      <span className="min-w-0 grow basis-64">
        <Link href={chartOf(rule)} className="font-semibold break-words hover:underline touch:inline-flex touch:min-h-11 touch:items-center">
          {rule.name}
        </Link>
        <span className="block break-words text-xs text-quiet">
          {conditionText(rule)}
          {rule.since && (
            <>
              {' · since '}
              <Ago at={rule.since} />
              {rule.value !== null && `, with ${metricText({ value: rule.value, unit: rule.unit })}`}
            </>
          )}
        </span>
      </span>
      {mayManage && (
        <span className="flex">
          {actions.map(({ what, Icon: Sign, run, busy }) => (
            <Tooltip key={what} title={what}>
              <IconButton aria-label={`${what} ${rule.name}`} disabled={busy} onClick={run}>
                <Sign size={16} aria-hidden />
              </IconButton>
            </Tooltip>
          ))}
        </span>
      )}
    </li>
  )
}

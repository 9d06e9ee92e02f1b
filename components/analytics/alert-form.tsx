'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, MenuItem, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useNotices } from '@/components/ui/notices'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { type AlertRule, conditionText, typedThreshold, typedUnits, windows, windowText } from './alert-words'
import { AggregateField, MetricField } from './metric-field'
import { TagFields } from './tag-fields'
import type { MetricInfo } from './use-series'
import type { View } from './view'

/** What the form begins with: a rule that there is, or what the chart shows. */
export type Draft = { rule: AlertRule } | { view: View }

export function AlertForm({ draft, catalogue, close }: { draft: Draft | null; catalogue: readonly MetricInfo[]; close: () => void }) {
  return (
    <Dialog open={draft !== null} onClose={close} fullWidth maxWidth="sm" aria-labelledby="alert-title">
      {draft && <Body draft={draft} catalogue={catalogue} close={close} />}
    </Dialog>
  )
}

const unitOf = (metric: MetricInfo, aggregate: AlertRule['aggregate']): AlertRule['unit'] => (aggregate === 'count' ? 'count' : metric.unit)

function beginOf(draft: Draft, catalogue: readonly MetricInfo[]) {
  if ('view' in draft) {
    const { metric, aggregate, tags } = draft.view
    const factor = typedUnits[unitOf(metric, aggregate)][0]?.factor ?? 1
    return { name: '', metric, aggregate, tags, condition: 'above' as const, text: '', factor, seconds: 300, paused: false }
  }
  const { rule } = draft
  const metric = catalogue.find((each) => each.measurement === rule.measurement && each.metric === rule.metric) ?? (catalogue[0] as MetricInfo)
  return {
    ...{ name: rule.name, metric, aggregate: rule.aggregate, tags: rule.tags as View['tags'], condition: rule.condition },
    ...{ ...typedThreshold(rule.threshold, rule.unit), seconds: rule.window_seconds, paused: rule.paused },
  }
}

function Body({ draft, catalogue, close }: { draft: Draft; catalogue: readonly MetricInfo[]; close: () => void }) {
  const [form, setForm] = useState(() => beginOf(draft, catalogue))
  const { name, metric, aggregate, tags, condition, text, factor, seconds, paused } = form
  const set = (changes: Partial<typeof form>) => setForm((before) => ({ ...before, ...changes }))
  const queryClient = useQueryClient()
  const notices = useNotices()
  const unit = unitOf(metric, aggregate)
  const units = typedUnits[unit]
  const threshold = text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')) * factor
  const isNumber = Number.isFinite(threshold)
  const isReady = name.trim() !== '' && isNumber
  const filters = Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined))
  const definition = {
    measurement: metric.measurement,
    metric: metric.metric,
    aggregate,
    tags: filters,
    condition,
    threshold,
    window_seconds: seconds,
  }
  const save = useMutation({
    mutationFn: () => {
      const input = { name: name.trim(), ...definition, paused }
      return 'rule' in draft ? client.analytics.changeRule({ id: draft.rule.id, ...input }) : client.analytics.makeRule(input)
    },
    onSuccess: (rule) => {
      void queryClient.invalidateQueries({ queryKey: orpc.analytics.listRules.key() })
      close()
      notices.say(`“${rule.name}” is ${'rule' in draft ? 'changed' : 'made'}; it is looked at every minute.`)
    },
  })
  /** Another unit has other units to type in. */
  const measure = (next: MetricInfo, nextAggregate: AlertRule['aggregate']) => {
    const isSame = unitOf(next, nextAggregate) === unit
    set({ metric: next, aggregate: nextAggregate, ...(isSame ? {} : { factor: typedUnits[unitOf(next, nextAggregate)][0]?.factor ?? 1 }) })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) save.mutate()
      }}
    >
      <DialogTitle id="alert-title">{'rule' in draft ? 'Change the alert rule' : 'New alert rule'}</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {save.error && <ProblemAlert error={save.error} />}
        <TextField
          autoFocus
          required
          label="Name"
          value={name}
          onChange={({ target }) => set({ name: target.value })}
          slotProps={{ htmlInput: { maxLength: 100 } }}
        />
        <fieldset aria-label="What is looked at" className="flex flex-wrap gap-3">
          <MetricField
            catalogue={catalogue}
            metric={metric}
            change={(next) => {
              measure(next, next.aggregates[0] ?? 'mean')
              set({ tags: {} })
            }}
          />
          <AggregateField metric={metric} aggregate={aggregate} change={(next) => measure(metric, next)} />
          <TagFields
            metric={metric}
            tags={tags}
            change={(tag, value) => setForm((before) => ({ ...before, tags: { ...before.tags, [tag]: value ?? undefined } }))}
          />
        </fieldset>
        <fieldset aria-label="When it fires" className="flex flex-wrap gap-3">
          <TextField
            select
            label="Fires when it is"
            value={condition}
            className="min-w-36 max-sm:grow"
            onChange={({ target }) => set({ condition: target.value as AlertRule['condition'] })}
          >
            <MenuItem value="above">above</MenuItem>
            <MenuItem value="below">below</MenuItem>
          </TextField>
          <TextField
            required
            label="Threshold"
            value={text}
            error={text.trim() !== '' && !isNumber}
            helperText={text.trim() !== '' && !isNumber ? 'Give a number.' : undefined}
            className="w-32 max-sm:grow"
            onChange={({ target }) => set({ text: target.value })}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
          {units.length > 1 && (
            <TextField select label="Unit" value={factor} className="min-w-20" onChange={({ target }) => set({ factor: Number(target.value) })}>
              {units.map((each) => (
                <MenuItem key={each.name} value={each.factor}>
                  {each.name}
                </MenuItem>
              ))}
            </TextField>
          )}
          <TextField
            select
            label="Over the last"
            value={seconds}
            className="min-w-28 max-sm:grow"
            onChange={({ target }) => set({ seconds: Number(target.value) })}
          >
            {[...new Set([...windows, seconds])].map((each) => (
              <MenuItem key={each} value={each}>
                {windowText(each)}
              </MenuItem>
            ))}
          </TextField>
        </fieldset>
        <p className="text-quiet">
          {isNumber ? `Fires while: ${conditionText({ ...definition, unit })}. ` : ''}
          It is looked at every minute. Where nothing is measured it says “No data” and does not fire.
        </p>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!isReady} loading={save.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  )
}

'use client'
import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import type { Model } from '@/components/api/types'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { CompareModels } from './compare-models'

const tones = { published: 'ok', rejected: 'danger', retired: 'idle' } as const
const labels = { published: 'In use', rejected: 'Rejected', retired: 'Retired' } as const

/** Versions of the learned weights: which is in use, what differs, and the way back. */
export function Models() {
  const query = useQuery(orpc.neural.models.queryOptions({ input: {} }))
  const [chosen, setChosen] = useState<readonly number[]>([])
  const [publishing, setPublishing] = useState<Model | null>(null)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const publish = useMutation({
    mutationFn: (version: number) => client.neural.publishModel({ version }),
    onSuccess: (_, version) => {
      notices.say(`Version ${version} is in use.`)
      setPublishing(null)
      void queryClient.invalidateQueries({ queryKey: orpc.neural.key() })
    },
    onError: (error) => {
      setPublishing(null)
      notices.fail('The version was not changed.', error)
    },
  })
  const models = query.data?.items ?? []
  const current = query.data?.published
  // A third choice takes the place of the first.
  const toggle = (version: number) => setChosen(chosen.includes(version) ? chosen.filter((each) => each !== version) : [...chosen, version].slice(-2))
  const [first, second] = chosen.map((version) => models.find((model) => model.version === version)).filter((model) => model !== undefined)
  return (
    <section aria-label="Versions">
      <SectionTitle aside={models.length > 1 && chosen.length < 2 ? 'Tick two to compare them' : undefined}>Versions of the weights</SectionTitle>
      {query.error && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The versions could not be loaded" />}
      {query.isPending && (
        <Panel>
          <SkeletonRows rows={2} height={56} label="Loading versions" />
        </Panel>
      )}
      {query.data && models.length === 0 && (
        <Panel>
          <EmptyState title="Only the weights AIA starts with">
            The first training run adds a version that can be compared and rolled back.
          </EmptyState>
        </Panel>
      )}
      {models.length > 0 && (
        <Panel>
          <ul className="divide-y divide-line">
            {models.map((model) => (
              <li key={model.version} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 px-2 py-1.5 sm:px-3">
                {models.length > 1 && (
                  <Checkbox
                    size="small"
                    checked={chosen.includes(model.version)}
                    onChange={() => toggle(model.version)}
                    slotProps={{ input: { 'aria-label': `Compare version ${model.version}` } }}
                    className="touch:size-11"
                  />
                )}
                <span className="font-medium">Version {model.version}</span>
                <Badge tone={model.version === current ? 'ok' : tones[model.state]}>
                  {model.version === current ? 'In use' : labels[model.state]}
                </Badge>
                <span className="text-quiet">{model.version === 0 ? 'what AIA starts with' : <Ago at={model.created_at} />}</span>
                <span className="grow" />
                {model.version !== current && (
                  <Button variant="outlined" onClick={() => setPublishing(model)}>
                    {current !== undefined && model.version < current ? 'Roll back to it' : 'Use it'}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {first && second && <CompareModels first={first} second={second} />}
      <Dialog open={publishing !== null} onClose={() => setPublishing(null)} maxWidth="xs" fullWidth aria-labelledby="publish-title">
        <DialogTitle id="publish-title">Use version {publishing?.version}?</DialogTitle>
        <DialogContent>
          Every question from now on is ranked by its weights, in place of version {current}. Nothing is deleted: you can come back to version{' '}
          {current} the same way.
          {publishing?.state === 'rejected' && <p className="mt-2 text-attention">It was rejected because the judged questions got worse with it.</p>}
        </DialogContent>
        <DialogActions className="px-6 pb-5">
          <Button onClick={() => setPublishing(null)}>Cancel</Button>
          <Button variant="contained" loading={publish.isPending} onClick={() => publishing && publish.mutate(publishing.version)}>
            Use version {publishing?.version}
          </Button>
        </DialogActions>
      </Dialog>
    </section>
  )
}

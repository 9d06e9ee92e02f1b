'use client'
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Skeleton, TextField } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'

const word = 'delete'

/** Says what goes with a source, asks for the word, deletes, and says what went. */
export function DeleteDialog({
  source,
  close,
  onDeleted,
}: {
  source: { id: string; title: string } | null
  close: () => void
  onDeleted?: () => void
}) {
  return (
    <Dialog open={source !== null} onClose={close} fullWidth maxWidth="xs" aria-labelledby="delete-title">
      {source && <Body key={source.id} source={source} close={close} {...(onDeleted ? { onDeleted } : {})} />}
    </Dialog>
  )
}

function Body({ source, close, onDeleted }: { source: { id: string; title: string }; close: () => void; onDeleted?: () => void }) {
  const [typed, setTyped] = useState('')
  const queryClient = useQueryClient()
  const notices = useNotices()
  const preview = useQuery(orpc.neural.previewDelete.queryOptions({ input: { id: source.id }, staleTime: 0, gcTime: 0 }))
  const removal = useMutation({
    mutationFn: () => client.neural.deleteSource({ id: source.id }),
    onSuccess: ({ removed }) => {
      notices.say(`Deleted, with ${plural(removed.atoms, 'atom', 'atoms')} and ${plural(removed.pathways, 'pathway', 'pathways')}.`)
      close()
      onDeleted?.()
      void queryClient.invalidateQueries({ queryKey: orpc.neural.key() })
    },
  })
  const goes = preview.data?.removed
  const error = preview.error ?? removal.error
  const ready = typed.trim().toLowerCase() === word
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && goes) removal.mutate()
      }}
    >
      <DialogTitle id="delete-title" className="break-words">
        Delete “{source.title}”?
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4">
        {goes ? (
          <p>
            This removes the source,{' '}
            <b>
              {plural(goes.atoms, 'atom', 'atoms')} and {plural(goes.pathways, 'pathway', 'pathways')}
            </b>{' '}
            that only it gives. What other sources say too stays. It cannot be undone.
          </p>
        ) : (
          !preview.error && <Skeleton height={48} />
        )}
        {error && (
          <Alert severity="error" variant="outlined">
            {toProblem(error).message}
            {toProblem(error).requestId && <span className="block text-xs">Request {toProblem(error).requestId}</span>}
          </Alert>
        )}
        <TextField
          autoFocus
          label={`Type “${word}” to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } }}
        />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" color="error" disabled={!ready || !goes} loading={removal.isPending}>
          Delete
        </Button>
      </DialogActions>
    </form>
  )
}

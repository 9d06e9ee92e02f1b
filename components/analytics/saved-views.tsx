'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, IconButton, Menu, MenuItem, TextField } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Bookmark, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useNotices } from '@/components/ui/notices'
import { ProblemAlert } from '@/components/ui/problem-alert'

/** Views under names, kept on the server for the person: to open, to keep the present one, to delete. */
export function SavedViews({ query }: { query: string }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [naming, setNaming] = useState(false)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const views = useQuery(orpc.analytics.listViews.queryOptions({ input: {}, enabled: anchor !== null }))
  const again = () => queryClient.invalidateQueries({ queryKey: orpc.analytics.listViews.key() })
  const remove = useMutation({
    mutationFn: (view: { id: string; name: string; query: string }) => client.analytics.deleteView({ id: view.id }),
    onSuccess: (_answer, view) => {
      void again()
      notices.say(`“${view.name}” is deleted.`, {
        label: 'Undo',
        run: () =>
          void client.analytics.saveView({ name: view.name, query: view.query }).then(again, (error) => notices.fail('It is not back.', error)),
      })
    },
    onError: (error) => notices.fail('It could not be deleted.', error),
  })
  const close = () => setAnchor(null)
  const items = views.data?.items ?? []
  return (
    <>
      <Button
        variant="outlined"
        startIcon={<Bookmark size={15} aria-hidden />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Views
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <MenuItem
          onClick={() => {
            close()
            setNaming(true)
          }}
        >
          Save this view …
        </MenuItem>
        {items.map((view) => (
          <MenuItem
            key={view.id}
            component={Link}
            href={`/analytics?${view.query}`}
            onClick={close}
            onKeyDown={(event: React.KeyboardEvent) => {
              if (event.key === 'Delete') remove.mutate(view)
            }}
            className="gap-3"
          >
            <span className="max-w-72 grow truncate">{view.name}</span>
            <IconButton
              component="span"
              tabIndex={-1}
              aria-hidden
              title={`Delete “${view.name}”`}
              onClick={(event) => {
                event.preventDefault()
                event.stopPropagation()
                remove.mutate(view)
              }}
            >
              <Trash2 size={15} />
            </IconButton>
            <span className="sr-only">, press Delete to delete it</span>
          </MenuItem>
        ))}
        {views.error && !views.data && <MenuItem disabled>{views.error.message}</MenuItem>}
        {views.data && items.length === 0 && <MenuItem disabled>No view is saved yet</MenuItem>}
      </Menu>
      <Dialog open={naming} onClose={() => setNaming(false)} fullWidth maxWidth="xs" aria-labelledby="save-view">
        {naming && <NameForm query={query} close={() => setNaming(false)} saved={() => void again()} />}
      </Dialog>
    </>
  )
}

function NameForm({ query, close, saved }: { query: string; close: () => void; saved: () => void }) {
  const [name, setName] = useState('')
  const notices = useNotices()
  const save = useMutation({
    mutationFn: () => client.analytics.saveView({ name: name.trim(), query }),
    onSuccess: () => {
      saved()
      close()
      notices.say(`“${name.trim()}” is saved.`)
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) save.mutate()
      }}
    >
      <DialogTitle id="save-view">Save this view</DialogTitle>
      <DialogContent className="flex flex-col gap-4">
        <p className="text-quiet">Metric, filters and time are kept as they are now, for you only.</p>
        {save.error && <ProblemAlert error={save.error} />}
        <TextField
          autoFocus
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 100 } }}
        />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!name.trim()} loading={save.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  )
}

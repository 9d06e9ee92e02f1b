'use client'
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { postJson } from '@/components/api/call'
import { orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import type { Accepted } from '@/components/api/types'
import { newId } from '@/components/offline/new-id'
import { sendLater } from '@/components/offline/outbox-state'
import { formatNumber } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'

const contentLimit = 2_000_000

function useAddSource(close: () => void) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  return useMutation({
    mutationFn: async (body: { title: string; content: string } | { url: string }) => {
      const id = newId()
      try {
        return await postJson<{ items: Accepted[] }>('/api/v1/neural/sources', body, id)
      } catch (error) {
        const work = 'url' in body ? ({ kind: 'address', ...body } as const) : ({ kind: 'text', ...body } as const)
        if (toProblem(error).status === 0 && (await sendLater(work, { id, wasTried: navigator.onLine }))) return null
        throw error
      }
    },
    onSuccess: (added) => {
      notices.say(
        added ? `“${added.items[0]?.title ?? 'Document'}” was added and is being read.` : 'Queued: it is added as soon as there is a connection.',
      )
      void queryClient.invalidateQueries({ queryKey: orpc.neural.listSources.key() })
      void queryClient.invalidateQueries({ queryKey: orpc.neural.status.key() })
      close()
    },
  })
}

type Add = ReturnType<typeof useAddSource>
/** What the server says of one field, by the end of its pointer. */
const fieldProblem = (add: Add, field: string) =>
  add.error ? toProblem(add.error).fields.find(({ pointer }) => pointer.endsWith(`/${field}`))?.detail : undefined

function AddDialog({
  open,
  title,
  id,
  add,
  close,
  onSubmit,
  children,
}: {
  open: boolean
  title: string
  id: string
  add: Add
  close: () => void
  onSubmit: () => void
  children: ReactNode
}) {
  const problem = add.error ? toProblem(add.error) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby={id}>
      <form onSubmit={submit}>
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent className="flex flex-col gap-4 pt-2!">
          {children}
          {problem && problem.status !== 401 && (
            <Alert severity="error" variant="outlined">
              {problem.message}
              {problem.requestId && <span className="block text-xs">Request {problem.requestId}</span>}
            </Alert>
          )}
        </DialogContent>
        <DialogActions className="px-6 pb-5">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="contained" loading={add.isPending}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function AddTextDialog({ open, close }: { open: boolean; close: () => void }) {
  const [title, setTitle] = useState('')
  const [content, setContent] = useState('')
  const [tried, setTried] = useState(false)
  const add = useAddSource(() => {
    setTitle('')
    setContent('')
    setTried(false)
    close()
  })
  const titleError = fieldProblem(add, 'title') ?? (tried && !title.trim() ? 'Give it a title to find it by' : undefined)
  const contentError =
    fieldProblem(add, 'content') ??
    (content.length > contentLimit
      ? `At most ${formatNumber(contentLimit)} characters; add it as a file`
      : tried && !content.trim()
        ? 'Paste the text'
        : undefined)
  return (
    <AddDialog
      open={open}
      close={close}
      id="add-text"
      title="Add text"
      add={add}
      onSubmit={() => {
        setTried(true)
        if (title.trim() && content.trim() && content.length <= contentLimit) add.mutate({ title: title.trim(), content })
      }}
    >
      <TextField
        autoFocus
        label="Title"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        error={titleError !== undefined}
        helperText={titleError}
        slotProps={{ htmlInput: { maxLength: 500 } }}
      />
      <TextField
        label="Text or Markdown"
        value={content}
        onChange={(event) => setContent(event.target.value)}
        multiline
        rows={10}
        error={contentError !== undefined}
        helperText={contentError ?? (content ? `${formatNumber(content.length)} characters` : ' ')}
      />
    </AddDialog>
  )
}

export function AddUrlDialog({ open, close }: { open: boolean; close: () => void }) {
  const [url, setUrl] = useState('')
  const [tried, setTried] = useState(false)
  const add = useAddSource(() => {
    setUrl('')
    setTried(false)
    close()
  })
  const valid = /^https?:\/\/\S+$/i.test(url.trim()) && URL.canParse(url.trim())
  const error = fieldProblem(add, 'url') ?? (tried && !valid ? 'A whole address that begins with https:// or http://' : undefined)
  return (
    <AddDialog
      open={open}
      close={close}
      id="add-url"
      title="Add a web address"
      add={add}
      onSubmit={() => {
        setTried(true)
        if (valid) add.mutate({ url: url.trim() })
      }}
    >
      <TextField
        autoFocus
        label="Address"
        type="text"
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        error={error !== undefined}
        helperText={error ?? 'This one page is fetched once. Addresses inside your network are refused.'}
        slotProps={{ htmlInput: { inputMode: 'url', autoCapitalize: 'none', spellCheck: false } }}
      />
    </AddDialog>
  )
}

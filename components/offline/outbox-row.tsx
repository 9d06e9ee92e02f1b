'use client'
import { Button, IconButton, TextField, Tooltip } from '@mui/material'
import { Pencil, RotateCw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { type FormEvent, useState } from 'react'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { useNotices } from '@/components/ui/notices'
import type { Item, Work } from './outbox'
import { amendItem, removeItem } from './outbox-state'
import { editable, stateLooks, wordsOf } from './work-words'

/** One thing in the outbox: what it is, how it stands, and what can be done about it. */
export function OutboxRow({ item, close }: { item: Item; close: () => void }) {
  const { icon: Icon, kind, text } = wordsOf(item.work)
  const looks = stateLooks[item.state]
  const [isEditing, setEditing] = useState(false)
  const notices = useNotices()
  const isOpen = item.state === 'waiting' || item.state === 'refused'
  const send = async (work: Work) => {
    setEditing(false)
    if (!(await amendItem(item.seq, work))) notices.say('It was on its way already, so it was sent as it stood.')
  }
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-start gap-3">
        <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-quiet" />
        <div className="min-w-0 grow">
          <p className="line-clamp-3 break-words">{text}</p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-quiet">
            {kind} · <Ago at={new Date(item.doneAt).toISOString()} /> <Badge tone={looks.tone}>{looks.label}</Badge>
            {item.resultId && (
              <Link href={`/ask?result=${item.resultId}`} onClick={close} className="text-accent underline">
                Open the answer
              </Link>
            )}
          </p>
        </div>
        <div className="flex shrink-0">
          {isOpen && item.state === 'refused' && (
            <Tooltip title="Send again">
              <IconButton aria-label={`Send again: ${text}`} onClick={() => void send(item.work)}>
                <RotateCw size={15} />
              </IconButton>
            </Tooltip>
          )}
          {isOpen && editable(item.work) && (
            <Tooltip title="Change">
              <IconButton aria-label={`Change: ${text}`} aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>
                <Pencil size={15} />
              </IconButton>
            </Tooltip>
          )}
          {item.state !== 'sending' && (
            <Tooltip title="Remove">
              <IconButton aria-label={`Remove: ${text}`} onClick={() => void removeItem(item.seq)}>
                <Trash2 size={15} />
              </IconButton>
            </Tooltip>
          )}
        </div>
      </div>
      {item.refusal && (
        <p role="alert" className="ml-7 text-xs break-words text-danger">
          {item.refusal.detail}
          {item.refusal.requestId && <span className="text-quiet"> Request {item.refusal.requestId}</span>}
        </p>
      )}
      {isEditing && isOpen && <EditForm work={item.work} cancel={() => setEditing(false)} save={(work) => void send(work)} />}
    </li>
  )
}

function EditForm({ work, cancel, save }: { work: Work; cancel: () => void; save: (work: Work) => void }) {
  const field = editable(work)
  const [value, setValue] = useState(field?.value ?? '')
  if (!field) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (value.trim()) save(field.change(value.trim()))
  }
  return (
    <form onSubmit={submit} className="ml-7 flex flex-col gap-2">
      <TextField
        autoFocus
        fullWidth
        label={field.label}
        value={value}
        multiline={field.isLong}
        onChange={(event) => setValue(event.target.value)}
        slotProps={{ htmlInput: { maxLength: field.most } }}
      />
      <div className="flex gap-2">
        <Button type="submit" variant="contained" disabled={!value.trim()}>
          Save
        </Button>
        <Button onClick={cancel}>Cancel</Button>
      </div>
    </form>
  )
}

'use client'
import { Button, ToggleButton, ToggleButtonGroup, Tooltip } from '@mui/material'
import { ArrowUp } from 'lucide-react'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { Mode } from '@/components/api/types'
import { formatNumber } from '@/components/ui/format'

const limit = 2_000
const modes: readonly { value: Mode; label: string; says: string }[] = [
  { value: 'standard', label: 'Standard', says: 'Searches the words and the meaning of every atom' },
  { value: 'advanced', label: 'Advanced', says: 'Also follows pathways from what it found' },
  { value: 'enterprise', label: 'Enterprise', says: 'Agents plan, retrieve, verify and compose together, and their work is recorded' },
]
const modeKey = 'aia-mode'
const isMode = (value: unknown): value is Mode => modes.some((mode) => mode.value === value)

/** The question box. Enter sends, Shift Enter makes a new line. */
export function Composer({
  draft,
  busy,
  onAsk,
  autoFocus = false,
}: {
  draft?: string
  busy: boolean
  onAsk: (question: string, mode: Mode) => void
  autoFocus?: boolean
}) {
  const [text, setText] = useState(draft ?? '')
  const [mode, setMode] = useState<Mode>('advanced')
  const field = useRef<HTMLTextAreaElement>(null)
  const hintId = useId()
  useEffect(() => {
    const kept = localStorage.getItem(modeKey)
    if (isMode(kept)) setMode(kept)
  }, [])
  useEffect(() => {
    if (draft) setText(draft)
    // On touch the keyboard would cover half of the page before anybody asked for it.
    if (autoFocus && matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [draft, autoFocus])
  useEffect(() => {
    const element = field.current
    if (!element) return
    element.style.height = 'auto'
    if (text) element.style.height = `${Math.min(element.scrollHeight, 220)}px`
  }, [text])

  const question = text.trim()
  const send = (event?: FormEvent) => {
    event?.preventDefault()
    if (!question || busy || text.length > limit) return
    onAsk(question, mode)
    setText('')
  }
  return (
    <form
      onSubmit={send}
      data-main-field
      className="rounded-lg border border-line-strong bg-panel focus-within:border-accent focus-within:outline focus-within:outline-accent"
    >
      <textarea
        ref={field}
        rows={1}
        value={text}
        aria-label="Your question"
        aria-describedby={hintId}
        placeholder="Ask about your knowledge"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
        className="block max-h-56 min-h-12 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-base outline-none"
      />
      <div className="flex flex-wrap items-center gap-2 p-2">
        <ToggleButtonGroup
          exclusive
          size="small"
          value={mode}
          aria-label="How to look for the answer"
          onChange={(_, value: unknown) => {
            if (!isMode(value)) return
            setMode(value)
            localStorage.setItem(modeKey, value)
          }}
        >
          {modes.map(({ value, label, says }) => (
            <ToggleButton key={value} value={value} className="px-2.5">
              <Tooltip title={says}>
                <span className="text-xs">{label}</span>
              </Tooltip>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <span id={hintId} className={`ml-auto text-xs ${text.length > limit ? 'text-danger' : 'text-quiet'}`}>
          {text.length > limit * 0.8 ? (
            `${formatNumber(text.length)} of ${formatNumber(limit)} characters`
          ) : (
            <span className="sr-only">Enter sends, Shift Enter makes a new line</span>
          )}
        </span>
        <Button type="submit" variant="contained" disabled={!question || busy || text.length > limit} endIcon={<ArrowUp size={15} aria-hidden />}>
          Ask
        </Button>
      </div>
    </form>
  )
}

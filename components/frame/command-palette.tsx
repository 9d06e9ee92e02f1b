'use client'
import { Dialog } from '@mui/material'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Atom, FileText, MessageSquareText, Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { humanise } from '@/components/ui/format'
import { useSelectedAtom } from '@/components/ui/url-state'
import { placesFor } from './places'

type Option = { id: string; group: string; icon: ReactNode; label: string; note?: string; run: () => void }

/** `value` as it was when it last stood still for `ms`. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

/** Ask or jump from anywhere (Ctrl/Cmd-K): a question, a place, an atom or a source. */
export function CommandPalette({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog
      open={open}
      onClose={close}
      fullWidth
      maxWidth="sm"
      aria-label="Ask or search"
      slotProps={{ container: { className: 'items-start' }, paper: { className: 'max-sm:m-2 max-sm:w-full max-sm:max-w-none' } }}
    >
      {open && <PaletteBody close={close} />}
    </Dialog>
  )
}

function PaletteBody({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const listId = useId()
  const router = useRouter()
  const { select } = useSelectedAtom()
  const { data: profile } = useProfile()
  const typed = text.trim()
  const settled = useSettled(typed, 150)
  const enabled = settled.length > 1
  const atoms = useQuery(
    orpc.neural.listAtoms.queryOptions({ input: { q: settled.slice(0, 300), limit: 6 }, enabled, placeholderData: keepPreviousData }),
  )
  const sources = useQuery(
    orpc.neural.listSources.queryOptions({ input: { q: settled.slice(0, 300), limit: 5 }, enabled, placeholderData: keepPreviousData }),
  )

  const options: Option[] = []
  if (typed)
    options.push({
      id: 'ask',
      group: 'Ask',
      icon: <MessageSquareText size={16} />,
      label: typed,
      note: 'Enter',
      run: () => router.push(`/ask?q=${encodeURIComponent(typed)}`),
    })
  for (const place of placesFor(profile?.permissions)) {
    if (typed && !place.label.toLowerCase().includes(typed.toLowerCase())) continue
    const Icon = place.icon
    options.push({
      id: place.href,
      group: 'Go to',
      icon: <Icon size={16} />,
      label: place.label,
      note: place.keys,
      run: () => router.push(place.href),
    })
  }
  if (typed && enabled) {
    for (const atom of atoms.data?.items ?? [])
      options.push({
        id: atom.id,
        group: 'Atoms',
        icon: <Atom size={16} />,
        label: atom.title || atom.semantic_summary,
        note: humanise(atom.kind),
        run: () => select(atom.id),
      })
    for (const source of sources.data?.items ?? [])
      options.push({
        id: source.id,
        group: 'Sources',
        icon: <FileText size={16} />,
        label: source.title,
        note: humanise(source.state),
        run: () => router.push(`/knowledge/sources/${source.id}`),
      })
  }
  const current = Math.min(active, options.length - 1)
  const groups = [...new Set(options.map(({ group }) => group))]
  const failed = atoms.error ?? sources.error
  const nothing =
    enabled && typed !== '' && !atoms.isFetching && !sources.isFetching && atoms.data?.items.length === 0 && sources.data?.items.length === 0
  const choose = (option: Option | undefined) => {
    if (!option) return
    close()
    option.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && options.length > 0) {
      event.preventDefault()
      const next = (current + step + options.length) % options.length
      setActive(next)
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(options[current])
    }
  }

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search size={18} aria-hidden className="shrink-0 text-quiet" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog exists to type into this field
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={options.length > 0 ? `${listId}-${current}` : undefined}
          aria-label="Ask, or search atoms and sources"
          placeholder="Ask, or search atoms and sources"
          value={text}
          maxLength={2_000}
          onChange={(event) => {
            setText(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
          className="h-13 w-full bg-transparent text-base outline-none"
        />
        <kbd className="hidden rounded-sm border border-line px-1.5 font-sans text-xs text-quiet sm:block">Esc</kbd>
      </div>
      <div id={listId} role="listbox" tabIndex={-1} aria-label="Results" className="max-h-[min(60dvh,28rem)] overflow-y-auto p-2">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is no group of a listbox
          <div key={group} role="group" aria-label={group}>
            <p aria-hidden className="px-3 pt-2 pb-1 text-xs font-semibold text-quiet">
              {group}
            </p>
            {options.map(
              (option, index) =>
                option.group === group && (
                  <button
                    key={option.id}
                    type="button"
                    id={`${listId}-${index}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === current}
                    onMouseMove={() => setActive(index)}
                    onClick={() => choose(option)}
                    className={`flex min-h-10 w-full items-center gap-3 rounded-md px-3 text-left touch:min-h-11 ${index === current ? 'bg-raised' : ''}`}
                  >
                    <span className="shrink-0 text-quiet" aria-hidden>
                      {option.icon}
                    </span>
                    <span className="min-w-0 grow truncate">{option.label}</span>
                    {option.note && <span className="shrink-0 text-xs text-quiet">{option.note}</span>}
                  </button>
                ),
            )}
          </div>
        ))}
      </div>
      <div role="status" className="px-5 pb-3 text-quiet empty:hidden">
        {failed
          ? failed.message
          : enabled && typed && (atoms.isLoading || sources.isLoading)
            ? 'Searching'
            : nothing
              ? 'No atom and no source has these words. Asking searches the meaning too.'
              : null}
      </div>
    </>
  )
}

'use client'
import { Button } from '@mui/material'
import { ClipboardPaste, FilePlus2, FolderPlus, Link2, Upload } from 'lucide-react'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { useNotices } from '@/components/ui/notices'
import { AddTextDialog, AddUrlDialog } from './add-dialogs'
import { chosenFiles, droppedFiles } from './upload-queue'
import { uploads } from './uploads'

/** What AIA reads, as file endings for the file field; the server decides by the content. */
const readable = '.md,.markdown,.txt,.html,.htm,.pdf,.docx,.csv,.json,.jsonl,.ndjson,text/*,application/pdf,application/json'

/** Uploads what was chosen in a field, and empties it for the next time. */
function take(input: HTMLInputElement): void {
  if (input.files?.length) uploads.add(chosenFiles(input.files))
  input.value = ''
}

/** Ways to bring documents in: drop, files, a folder, text, a web address. */
export function AddSources({ first }: { first: boolean }) {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [dialog, setDialog] = useState<'text' | 'url' | null>(null)
  const depth = useRef(0)
  const notices = useNotices()
  // Not known to React's types; a browser without it opens the ordinary file dialog.
  useEffect(() => folder.current?.setAttribute('webkitdirectory', ''), [])

  const drop = async (event: DragEvent) => {
    event.preventDefault()
    depth.current = 0
    setOver(false)
    try {
      const given = await droppedFiles(event.dataTransfer)
      if (given.length > 0) uploads.add(given)
      else notices.say('There was no file in it that can be read.')
    } catch (error) {
      notices.fail('What was dropped could not be opened.', error)
    }
  }
  // Whoever was faster than this page's scripts has chosen already, and nobody heard it.
  useEffect(() => {
    for (const { current } of [files, folder]) if (current) take(current)
  }, [])

  return (
    <section
      aria-label="Add documents"
      onDragEnter={(event) => {
        event.preventDefault()
        depth.current += 1
        setOver(true)
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => {
        depth.current -= 1
        if (depth.current <= 0) setOver(false)
      }}
      onDrop={(event) => void drop(event)}
      className={`mb-4 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border border-dashed p-4 ${over ? 'border-accent bg-mark' : 'border-line-strong bg-panel'} ${first ? 'sm:py-8' : ''}`}
    >
      <Upload size={20} aria-hidden className="shrink-0 text-quiet max-sm:hidden" />
      <div className="min-w-0 grow">
        <p className="font-semibold">
          <span className="touch:hidden">{over ? 'Let go to add' : 'Drop files or a folder here'}</span>
          <span className="hidden touch:inline">Add documents</span>
        </p>
        <p className="text-xs text-quiet">Markdown, text, HTML, PDF, DOCX, CSV, JSON, JSONL and OSCAL, up to 50 MB each</p>
      </div>
      <div className="flex flex-wrap gap-2 max-sm:grid max-sm:w-full max-sm:grid-cols-2">
        <Button variant="contained" startIcon={<FilePlus2 size={15} aria-hidden />} onClick={() => files.current?.click()}>
          Files
        </Button>
        <Button variant="outlined" startIcon={<FolderPlus size={15} aria-hidden />} onClick={() => folder.current?.click()}>
          Folder
        </Button>
        <Button variant="outlined" startIcon={<ClipboardPaste size={15} aria-hidden />} onClick={() => setDialog('text')}>
          Text
        </Button>
        <Button variant="outlined" startIcon={<Link2 size={15} aria-hidden />} onClick={() => setDialog('url')}>
          URL
        </Button>
      </div>
      {[
        { ref: files, label: 'Files to add', accept: readable },
        { ref: folder, label: 'Folder to add', accept: undefined },
      ].map(({ ref, label, accept }) => (
        <input
          key={label}
          ref={ref}
          type="file"
          multiple
          accept={accept}
          tabIndex={-1}
          aria-label={label}
          className="sr-only"
          onChange={(event) => take(event.target)}
        />
      ))}
      <AddTextDialog open={dialog === 'text'} close={() => setDialog(null)} />
      <AddUrlDialog open={dialog === 'url'} close={() => setDialog(null)} />
    </section>
  )
}

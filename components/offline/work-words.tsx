import { FileText, Link2, type LucideIcon, MessageSquareText, ThumbsDown, ThumbsUp, Type } from 'lucide-react'
import type { Tone } from '@/components/ui/badge'
import { formatBytes } from '@/components/ui/format'
import type { Item, Work } from './outbox'

export const stateLooks: Record<Item['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Queued', tone: 'attention' },
  sending: { label: 'Sending', tone: 'info' },
  sent: { label: 'Sent', tone: 'ok' },
  refused: { label: 'Not taken', tone: 'danger' },
}

/** What somebody did, in words. */
export function wordsOf(work: Work): { icon: LucideIcon; kind: string; text: string } {
  switch (work.kind) {
    case 'question':
      return { icon: MessageSquareText, kind: `Question · ${work.mode}`, text: work.question }
    case 'feedback':
      return { icon: work.useful ? ThumbsUp : ThumbsDown, kind: work.useful ? 'Useful' : 'Not useful', text: work.about }
    case 'file':
      return { icon: FileText, kind: `File · ${formatBytes(work.file.size)}`, text: work.name }
    case 'text':
      return { icon: Type, kind: 'Text', text: work.title }
    case 'address':
      return { icon: Link2, kind: 'Web address', text: work.url }
  }
}

/** The one thing of it that can be written anew before it is sent; null where there is none. */
export function editable(work: Work): { label: string; value: string; isLong: boolean; most: number; change: (value: string) => Work } | null {
  switch (work.kind) {
    case 'question':
      return { label: 'Question', value: work.question, isLong: true, most: 2_000, change: (question) => ({ ...work, question }) }
    case 'file':
      return { label: 'Name', value: work.name, isLong: false, most: 255, change: (name) => ({ ...work, name }) }
    case 'text':
      return { label: 'Title', value: work.title, isLong: false, most: 255, change: (title) => ({ ...work, title }) }
    case 'address':
      return { label: 'Web address', value: work.url, isLong: false, most: 2_000, change: (url) => ({ ...work, url }) }
    case 'feedback':
      return null
  }
}

import { Atom, FileText, GraduationCap, type LucideIcon, MessageSquareText, ShieldCheck } from 'lucide-react'
import { adminPages } from '@/components/admin/pages'

export type Place = {
  label: string
  /** Shorter, for the bar at the bottom of a phone. */
  short: string
  href: string
  icon: LucideIcon
  /** Two keys pressed one after the other. */
  keys: string
  says: string
  /** Shown to who may do one of these; to everybody without it. */
  anyOf?: readonly string[]
}

/** The places of the console, in the order of the rail. */
export const places: readonly Place[] = [
  { label: 'Ask', short: 'Ask', href: '/ask', icon: MessageSquareText, keys: 'g a', says: 'Ask a question and get a cited answer' },
  { label: 'Sources', short: 'Sources', href: '/knowledge', icon: FileText, keys: 'g s', says: 'Documents that were read' },
  { label: 'Atoms', short: 'Atoms', href: '/knowledge/atoms', icon: Atom, keys: 'g k', says: 'Every piece of knowledge and its pathways' },
  { label: 'Learning', short: 'Learning', href: '/learning', icon: GraduationCap, keys: 'g l', says: 'Measured quality, training and versions' },
  {
    label: 'Admin',
    short: 'Admin',
    href: '/admin',
    icon: ShieldCheck,
    keys: 'g d',
    says: 'People, roles and who may do what',
    anyOf: adminPages.map(({ permission }) => permission),
  },
]

/** The places that lead somewhere for a person with these permissions. */
export const placesFor = (permissions: readonly string[] = []) =>
  places.filter(({ anyOf }) => !anyOf || anyOf.some((permission) => permissions.includes(permission)))

/** The place a path belongs to: the longest that begins it. */
export function placeOf(pathname: string): Place | undefined {
  return [...places].sort((a, b) => b.href.length - a.href.length).find(({ href }) => pathname === href || pathname.startsWith(`${href}/`))
}

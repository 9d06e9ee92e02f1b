import { Atom, ChartLine, FileText, GraduationCap, LayoutDashboard, type LucideIcon, MessageSquareText, ShieldCheck, Waypoints } from 'lucide-react'
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
  /** On a phone it stands in the bar at the bottom; the others are behind More. */
  inBar?: boolean
  /** Shown to who may do one of these; to everybody without it. */
  anyOf?: readonly string[]
}

/** The places of the console, in the order of the rail. */
export const places: readonly Place[] = [
  {
    label: 'Overview',
    short: 'Overview',
    href: '/overview',
    icon: LayoutDashboard,
    keys: 'g o',
    says: 'What is going on, and what needs you',
    inBar: true,
  },
  { label: 'Ask', short: 'Ask', href: '/ask', icon: MessageSquareText, keys: 'g a', says: 'Ask a question and get a cited answer', inBar: true },
  { label: 'Sources', short: 'Sources', href: '/knowledge', icon: FileText, keys: 'g s', says: 'Documents that were read', inBar: true },
  { label: 'Atoms', short: 'Atoms', href: '/knowledge/atoms', icon: Atom, keys: 'g k', says: 'Every piece of knowledge and its pathways' },
  {
    label: 'Graph',
    short: 'Graph',
    href: '/graph',
    icon: Waypoints,
    keys: 'g g',
    says: 'The whole knowledge as picture, table and walk',
    inBar: true,
  },
  { label: 'Learning', short: 'Learning', href: '/learning', icon: GraduationCap, keys: 'g l', says: 'Measured quality, training and versions' },
  {
    label: 'Analytics',
    short: 'Analytics',
    href: '/analytics',
    icon: ChartLine,
    keys: 'g y',
    says: 'Everything that is measured, over time',
    anyOf: ['analytics.read'],
  },
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

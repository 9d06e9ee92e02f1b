'use client'
import { Button, Tooltip } from '@mui/material'
import { ArrowLeft, ArrowRight } from 'lucide-react'
import { useState } from 'react'
import type { AtomDetail, Neighbour, PathwayKind } from '@/components/api/types'
import { formatNumber } from '@/components/ui/format'
import { useSelectedAtom } from '@/components/ui/url-state'
import { evidenceText, kindLooks, kindOrder } from './kinds'

const shownFirst = 6

/** Neighbours by kind and direction, heaviest first. */
export function groupNeighbours(neighbours: readonly Neighbour[]): { kind: PathwayKind; direction: 'out' | 'in'; rows: Neighbour[] }[] {
  return kindOrder.flatMap((kind) =>
    (['out', 'in'] as const).flatMap((direction) => {
      const rows = neighbours
        .filter((row) => row.kind === kind && row.direction === direction)
        .sort((a, b) => b.weight - a.weight || a.title.localeCompare(b.title))
      return rows.length > 0 ? [{ kind, direction, rows }] : []
    }),
  )
}

/** Pathways from and to an atom; choosing one walks on to it. */
export function Neighbours({ atom }: { atom: AtomDetail }) {
  const groups = groupNeighbours(atom.neighbours)
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-quiet">
        Neighbours
        {atom.neighbours_total > 0 && (
          <span className="font-normal">
            {' · '}
            {atom.neighbours_total > atom.neighbours.length
              ? `the heaviest ${formatNumber(atom.neighbours.length)} of ${formatNumber(atom.neighbours_total)}`
              : formatNumber(atom.neighbours_total)}
          </span>
        )}
      </h3>
      {groups.length === 0 && <p className="text-quiet">No pathway leads from or to this atom.</p>}
      <div className="flex flex-col gap-3">
        {groups.map((group) => (
          <Group key={`${group.kind}-${group.direction}`} {...group} />
        ))}
      </div>
    </section>
  )
}

function Group({ kind, direction, rows }: { kind: PathwayKind; direction: 'out' | 'in'; rows: Neighbour[] }) {
  const [all, setAll] = useState(false)
  const look = kindLooks[kind]
  const Arrow = direction === 'out' ? ArrowRight : ArrowLeft
  return (
    <div>
      <Tooltip title={look.says} placement="left">
        <p className="mb-1 flex items-center gap-1.5 text-xs">
          <Arrow size={13} aria-hidden className={look.text} />
          {direction === 'out' ? look.label : look.incoming}
          <span className="text-quiet">{formatNumber(rows.length)}</span>
        </p>
      </Tooltip>
      <ul className="divide-y divide-line rounded-md border border-line">
        {(all ? rows : rows.slice(0, shownFirst)).map((row) => (
          <Row key={row.atom_id} row={row} />
        ))}
      </ul>
      {rows.length > shownFirst && (
        <Button onClick={() => setAll(!all)} aria-expanded={all} className="-ml-3">
          {all ? 'Show fewer' : `Show all ${formatNumber(rows.length)}`}
        </Button>
      )}
    </div>
  )
}

function Row({ row }: { row: Neighbour }) {
  const { select } = useSelectedAtom()
  const evidence = evidenceText(row.evidence)
  return (
    <li>
      <button
        type="button"
        onClick={() => select(row.atom_id)}
        className="flex w-full flex-col px-3 py-1.5 text-left hover:bg-raised touch:min-h-11 touch:justify-center"
      >
        <span className="flex w-full items-baseline gap-3">
          <span className="min-w-0 grow truncate" dir="auto">
            {row.title || 'Untitled'}
          </span>
          <span className="shrink-0 text-xs text-quiet" title="Weight of the pathway">
            {formatNumber(row.weight, 2)}
          </span>
        </span>
        {evidence && <span className="line-clamp-2 w-full text-xs break-words text-quiet">{evidence}</span>}
      </button>
    </li>
  )
}

'use client'
import { useMemo } from 'react'
import type { PathStep, StoredResult } from '@/components/api/types'
import { kindLooks } from '@/components/atom/kinds'
import { formatNumber, plural } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import { useSelectedAtom } from '@/components/ui/url-state'
import { layoutPath } from './path-layout'

const rowHeight = 44
const laneWidth = 18

/** How the answer was reached: its atoms under one another, the pathways between them as arcs; also as a list. */
export function PathPicture({ result }: { result: StoredResult }) {
  const layout = useMemo(() => layoutPath(result.path), [result.path])
  const { atomId, select } = useSelectedAtom()
  const cited = useMemo(() => {
    const numbers = new Map<string, number[]>()
    for (const { atom_id, n } of result.citations) numbers.set(atom_id, [...(numbers.get(atom_id) ?? []), n])
    return numbers
  }, [result.citations])
  if (result.path.length === 0)
    return result.status === 'no_answer' ? null : (
      <section>
        <SectionTitle>How it got there</SectionTitle>
        <p className="text-quiet">Straight from the question: no pathway was followed.</p>
      </section>
    )
  const kinds = [...new Set(result.path.map(({ kind }) => kind))]
  // Arcs lie to the left of their atoms; the outermost lane gets what is left of a fixed width.
  const lane = Math.min(laneWidth, 96 / Math.max(1, layout.lanes))
  const spine = Math.ceil(layout.lanes * lane) + 16
  const yOf = (row: number) => row * rowHeight + rowHeight / 2
  return (
    <section aria-label="How it got there">
      <SectionTitle aside={`${plural(layout.nodes.length, 'atom', 'atoms')}, ${plural(layout.arcs.length, 'pathway', 'pathways')}`}>
        How it got there
      </SectionTitle>
      <Panel className="p-3">
        <div className="relative">
          <svg aria-hidden width={spine + 10} height={layout.nodes.length * rowHeight} className="absolute top-0 left-0">
            <defs>
              <marker id="path-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" orient="auto">
                <path d="M0 .8 7.2 4 0 7.2z" className="fill-quiet" />
              </marker>
            </defs>
            {layout.arcs.map(({ step, fromRow, toRow, lane: index }) => {
              const x = spine - 10 - (index + 1) * lane
              const look = kindLooks[step.kind]
              return (
                <path
                  key={`${step.from} ${step.to} ${step.kind}`}
                  d={`M${spine - 6} ${yOf(fromRow)} C${x} ${yOf(fromRow)} ${x} ${yOf(toRow)} ${spine - 8} ${yOf(toRow)}`}
                  fill="none"
                  strokeWidth={1.25 + Math.min(1, Math.max(0, step.weight)) * 1.5}
                  strokeDasharray={look.dash}
                  markerEnd="url(#path-arrow)"
                  className={look.stroke}
                />
              )
            })}
            {layout.nodes.map((node) => (
              <circle
                key={node.id}
                cx={spine}
                cy={yOf(node.row)}
                r={cited.has(node.id) ? 6 : 4.5}
                strokeWidth={2}
                className={cited.has(node.id) ? 'fill-accent stroke-ink' : 'fill-panel stroke-quiet'}
              />
            ))}
          </svg>
          <ul style={{ paddingLeft: spine + 10 }}>
            {layout.nodes.map((node) => (
              <li key={node.id} style={{ height: rowHeight }} className="flex items-center">
                <button
                  type="button"
                  onClick={() => select(node.id)}
                  aria-pressed={node.id === atomId}
                  className={`flex h-full w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-raised ${node.id === atomId ? 'bg-raised' : ''}`}
                >
                  <span className="line-clamp-2 min-w-0 grow text-sm leading-tight break-words" title={node.title}>
                    {node.title}
                  </span>
                  {cited.has(node.id) && (
                    <span className="shrink-0 text-xs text-accent">
                      <span className="sr-only">cited as </span>
                      {cited
                        .get(node.id)
                        ?.map((n) => `[${n}]`)
                        .join(' ')}
                    </span>
                  )}
                </button>
              </li>
            ))}
          </ul>
        </div>
        <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 border-t border-line pt-2 text-xs text-quiet">
          {kinds.map((kind) => (
            <li key={kind} className="flex items-center gap-1.5" title={kindLooks[kind].says}>
              <svg aria-hidden width="22" height="6">
                <path d="M0 3h22" strokeWidth="2" strokeDasharray={kindLooks[kind].dash} className={kindLooks[kind].stroke} />
              </svg>
              {kindLooks[kind].label}
            </li>
          ))}
        </ul>
        <PathList steps={layout.arcs.map(({ step }) => step)} />
      </Panel>
    </section>
  )
}

function PathList({ steps }: { steps: readonly PathStep[] }) {
  return (
    <details className="mt-1 text-xs">
      <summary className="flex min-h-8 cursor-pointer items-center text-quiet hover:text-ink touch:min-h-11">As a list</summary>
      <ol className="mt-1 flex flex-col gap-1.5">
        {steps.map((step) => (
          <li key={`${step.from} ${step.to} ${step.kind}`} className="break-words">
            {step.from_title} <span className={kindLooks[step.kind].text}>{kindLooks[step.kind].label.toLowerCase()}</span> {step.to_title}{' '}
            <span className="text-quiet">weight {formatNumber(step.weight, 2)}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}

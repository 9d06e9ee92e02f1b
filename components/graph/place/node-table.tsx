'use client'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Ago } from '@/components/ui/ago'
import { formatNumber } from '@/components/ui/format'
import { ScrollArea, VirtualRows } from '@/components/ui/virtual-rows'
import { degreeOf } from './adjacency'
import { NodeMark } from './node-mark'
import { type ColumnName, columnNames, headingOf, rowsOf } from './rows'
import type { GraphPlace } from './use-graph-place'
import { writeOrder } from './view-state'
import { domainOf, kindOf, nameOf, sourceOf } from './walk'

const columns =
  'grid grid-cols-[minmax(0,1fr)_4.5rem] @xl:grid-cols-[minmax(0,1fr)_6rem_5rem_6rem] @4xl:grid-cols-[minmax(0,1fr)_6rem_9rem_5rem_6rem_6rem_9rem_7rem] items-center gap-x-3'
const narrow: readonly ColumnName[] = ['name', 'weight']
const middle: readonly ColumnName[] = ['kind', 'neighbours']
const hiddenUntil = (column: ColumnName) => (narrow.includes(column) ? '' : middle.includes(column) ? 'hidden @xl:block' : 'hidden @4xl:block')
const figures: readonly ColumnName[] = ['weight', 'neighbours', 'community', 'known']

/** The rows of the table: exactly what the picture shows. */
export function useRows({ shown, view }: GraphPlace): number[] {
  const { column, down } = view.order
  return useMemo(() => rowsOf(shown.graph, shown.adjacency, shown.shown, { column, down }), [shown, column, down])
}

/** The shown nodes as a table of any length: sorted by its headings, gone through by arrow keys, in step with the picture. */
export function NodeTable({ place, rows, hovered, hover }: { place: GraphPlace; rows: number[]; hovered: number; hover: (node: number) => void }) {
  const { shown, view, change, select, open } = place
  // The rows need what scrolls them when they first draw, and a ref of an element around them would be filled after that.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null)
  const area = useMemo(() => ({ current: scroller }), [scroller])
  const { graph } = shown
  const what = place.groups ? 'Communities' : 'Atoms'
  const under = (target: EventTarget) => {
    const index = (target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index
    return index === undefined ? -1 : (rows[Number(index)] ?? -1)
  }
  return (
    <ScrollArea value={area}>
      <div ref={setScroller} className="@container h-full overflow-y-auto">
        <table
          aria-label={`${what} of the graph`}
          aria-rowcount={rows.length + 1}
          className="block"
          onMouseOver={(event) => hover(under(event.target))}
          onMouseLeave={() => hover(-1)}
          onFocus={() => undefined}
          onDoubleClick={(event) => groupsOnly(place) && open(under(event.target))}
        >
          <thead className="sticky top-0 z-10 block bg-panel">
            <tr className={`${columns} border-b border-line px-3 text-left text-xs text-quiet`}>
              {columnNames.map((column) => (
                <Heading
                  key={column}
                  column={column}
                  label={place.groups && column === 'weight' ? 'Atoms' : headingOf(column)}
                  order={view.order}
                  sort={(down) => change(writeOrder({ column, down }), { replace: true })}
                />
              ))}
            </tr>
          </thead>
          {scroller && (
            <VirtualRows
              rowClass={`${columns} min-h-10 touch:min-h-11`}
              isCurrent={(index) => rows[index] === shown.selected}
              count={rows.length}
              rowHeight={41}
              keyOf={(index) => graph.ids[rows[index] ?? 0] ?? String(index)}
            >
              {(index) => {
                const node = rows[index]
                return node === undefined ? null : <Row place={place} node={node} lit={node === hovered} select={() => select(node)} />
              }}
            </VirtualRows>
          )}
        </table>
      </div>
    </ScrollArea>
  )
}

const groupsOnly = (place: GraphPlace) => place.groups !== null

function Heading({
  column,
  label,
  order,
  sort,
}: {
  column: ColumnName
  label: string
  order: { column: ColumnName; down: boolean }
  sort: (down: boolean) => void
}) {
  const active = order.column === column
  const Arrow = order.down ? ArrowDown : ArrowUp
  return (
    <th scope="col" aria-sort={active ? (order.down ? 'descending' : 'ascending') : undefined} className={`font-normal ${hiddenUntil(column)}`}>
      <button
        type="button"
        onClick={() => sort(active ? !order.down : figures.includes(column))}
        className={`flex min-h-8 w-full items-center gap-1 hover:text-ink touch:min-h-11 ${figures.includes(column) ? 'justify-end' : ''} ${active ? 'text-ink' : ''}`}
      >
        {label}
        {active && <Arrow size={12} aria-hidden />}
      </button>
    </th>
  )
}

function Row({ place, node, lit, select }: { place: GraphPlace; node: number; lit: boolean; select: () => void }) {
  const { graph, adjacency } = place.shown
  const domain = domainOf(graph, node)
  const source = sourceOf(graph, node)
  return (
    <>
      <td className={`flex min-w-0 items-center gap-2 ${lit ? 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent' : ''}`}>
        <NodeMark graph={graph} node={node} />
        <button
          type="button"
          data-row-focus
          onClick={select}
          onKeyDown={(event) => {
            // Enter on what is selected already goes in.
            if (event.key === 'Enter' && place.groups && node === place.shown.selected) {
              event.preventDefault()
              place.open(node)
            }
          }}
          dir="auto"
          className="block min-w-0 grow truncate rounded-sm text-start font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {nameOf(graph, node)}
        </button>
      </td>
      <td className={`truncate text-quiet ${hiddenUntil('kind')}`}>{kindOf(graph, node)}</td>
      <td className={`truncate text-quiet ${hiddenUntil('domain')}`} title={domain} dir="auto">
        {domain}
      </td>
      <td className="text-right text-quiet">{formatNumber(graph.weights[node] ?? 0, 2)}</td>
      <td className={`text-right text-quiet ${hiddenUntil('neighbours')}`}>{formatNumber(degreeOf(adjacency, node))}</td>
      <td className={`text-right text-quiet ${hiddenUntil('community')}`}>{formatNumber((graph.communities[node] ?? 0) + 1)}</td>
      <td className={`truncate text-quiet ${hiddenUntil('source')}`} title={source} dir="auto">
        {source}
      </td>
      <td className={`text-right text-quiet ${hiddenUntil('known')}`}>
        <Ago at={new Date(graph.times[node] ?? 0).toISOString()} />
      </td>
    </>
  )
}

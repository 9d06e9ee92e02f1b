'use client'
import { ToggleButton, ToggleButtonGroup } from '@mui/material'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { DomainMark } from '@/components/ui/domain'
import { formatNumber } from '@/components/ui/format'
import { NodeMark } from './node-mark'
import { linesOf, type TreeLine, treeOf, wayTo } from './tree'
import type { GraphPlace } from './use-graph-place'
import { kindOf, nameOf } from './walk'

/** The shown atoms as a tree (ARIA tree pattern): communities, domains and kinds, or sources and headings. */
export function NodeTree({ place, hovered, hover }: { place: GraphPlace; hovered: number; hover: (node: number) => void }) {
  const { graph, view, change, sifted, atom, groups, shown } = place
  const tree = useMemo(() => treeOf(graph, sifted.shown, view.tree), [graph, sifted.shown, view.tree])
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState<string | null>(null)
  // What is selected elsewhere is brought into sight here.
  useEffect(() => {
    if (atom < 0) return
    const way = wayTo(tree, atom)
    if (way.length === 0) return
    setOpen((all) => (way.every((key) => all.has(key)) ? all : new Set([...all, ...way])))
    setActive(`n${atom}`)
  }, [tree, atom])
  const picked = groups && atom < 0 ? (groups.graph.communities[shown.selected] ?? -1) : -1
  useEffect(() => {
    const branch = tree.find(({ community }) => community === picked)
    if (branch) setActive(branch.key)
  }, [tree, picked])
  const lines = useMemo(() => linesOf(tree, open), [tree, open])
  return (
    <div className="flex h-full flex-col">
      <div className="border-b border-line px-3 py-1.5">
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label="Order of the tree"
          value={view.tree}
          onChange={(_, by: string | null) => by && change({ by: by === 'community' ? null : by }, { replace: true })}
        >
          <ToggleButton value="community">By community</ToggleButton>
          <ToggleButton value="source">By source</ToggleButton>
        </ToggleButtonGroup>
      </div>
      <Lines
        place={place}
        lines={lines}
        picked={picked}
        active={active}
        setActive={setActive}
        hovered={hovered}
        hover={hover}
        isOpen={(key) => open.has(key)}
        toggle={(key) =>
          setOpen((all) => {
            const next = new Set(all)
            if (!next.delete(key)) next.add(key)
            return next
          })
        }
      />
    </div>
  )
}

type LinesProps = {
  place: GraphPlace
  lines: TreeLine[]
  /** Number of the community that is picked among communities, -1 none. */
  picked: number
  active: string | null
  setActive: (key: string) => void
  hovered: number
  hover: (node: number) => void
  isOpen: (key: string) => boolean
  toggle: (key: string) => void
}

const textOf = (place: GraphPlace, line: TreeLine) => line.branch?.label ?? nameOf(place.graph, line.node)

function Lines({ place, lines, picked, active, setActive, hovered, hover, isOpen, toggle }: LinesProps) {
  const area = useRef<HTMLDivElement>(null)
  const treeId = useId()
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => area.current,
    estimateSize: () => (matchMedia('(pointer: coarse)').matches ? 44 : 34),
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 12,
  })
  const at = Math.max(
    0,
    lines.findIndex(({ key }) => key === active),
  )
  const scrollTo = useRef(virtualizer.scrollToIndex)
  scrollTo.current = virtualizer.scrollToIndex
  useEffect(() => {
    if (active !== null) scrollTo.current(at)
  }, [active, at])
  const act = (line: TreeLine) => (line.branch ? toggle(line.key) : place.selectAtom(place.graph.ids[line.node] ?? null))
  const to = (index: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, index))]
    if (line) setActive(line.key)
  }
  const toNext = (letter: string) => {
    const begins = (line: TreeLine) => textOf(place, line).toLowerCase().startsWith(letter.toLowerCase())
    const after = lines.findIndex((line, index) => index > at && begins(line))
    to(after >= 0 ? after : Math.max(0, lines.findIndex(begins)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[at]
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return
    const { key } = event
    if (key === 'ArrowDown') to(at + 1)
    else if (key === 'ArrowUp') to(at - 1)
    else if (key === 'Home') to(0)
    else if (key === 'End') to(lines.length - 1)
    else if (key === 'ArrowRight' && line.branch) isOpen(line.key) ? to(at + 1) : toggle(line.key)
    else if (key === 'ArrowLeft' && line.branch && isOpen(line.key)) toggle(line.key)
    else if (key === 'ArrowLeft' && line.parent !== null) setActive(line.parent)
    else if (key === 'Enter' || key === ' ') act(line)
    // These have meanings of their own all over the console.
    else if (key.length === 1 && !/[/?[g\s]/.test(key)) toNext(key)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={area}
      role="tree"
      tabIndex={0}
      aria-label="Atoms of the graph"
      aria-activedescendant={lines.length > 0 ? `${treeId}-${lines[at]?.key}` : undefined}
      onKeyDown={onKeyDown}
      onMouseLeave={() => hover(-1)}
      className="group min-h-0 grow overflow-y-auto -outline-offset-2"
    >
      <div role="presentation" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const line = lines[item.index]
          if (!line) return null
          const selected = line.branch ? line.branch.community === picked : line.node === place.atom
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the tree around it
            // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active item
            <div
              key={item.key}
              id={`${treeId}-${line.key}`}
              role="treeitem"
              aria-level={line.level}
              aria-posinset={line.place}
              aria-setsize={line.siblings}
              aria-selected={selected}
              aria-expanded={line.branch ? isOpen(line.key) : undefined}
              onClick={() => {
                setActive(line.key)
                act(line)
              }}
              onMouseEnter={() => hover(line.node)}
              className={`absolute top-0 left-0 flex w-full cursor-pointer items-center gap-2 pr-3 ${selected ? 'bg-raised' : 'hover:bg-raised/60'} ${
                line.key === lines[at]?.key
                  ? 'group-focus-visible:outline-2 group-focus-visible:-outline-offset-2 group-focus-visible:outline-accent'
                  : ''
              } ${line.node >= 0 && line.node === hovered ? 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent' : ''}`}
              style={{ height: item.size, transform: `translateY(${item.start}px)`, paddingLeft: 12 + (line.level - 1) * 18 }}
            >
              <TreeLabel place={place} line={line} open={isOpen(line.key)} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function TreeLabel({ place, line, open }: { place: GraphPlace; line: TreeLine; open: boolean }) {
  const { graph } = place
  if (line.branch)
    return (
      <>
        <ChevronRight size={15} aria-hidden className={`shrink-0 text-quiet ${open ? 'rotate-90' : ''}`} />
        {line.branch.domain !== undefined && <DomainMark name={line.branch.domain} />}
        <span className="min-w-0 truncate" dir="auto">
          {line.branch.label}
        </span>
        <span className="shrink-0 text-xs text-quiet">{formatNumber(line.branch.count)}</span>
      </>
    )
  return (
    <>
      <NodeMark graph={graph} node={line.node} />
      <span className="min-w-0 grow truncate font-medium" dir="auto">
        {nameOf(graph, line.node)}
      </span>
      <span className="shrink-0 text-xs text-quiet">
        {kindOf(graph, line.node)} · {formatNumber(graph.weights[line.node] ?? 0, 2)}
      </span>
    </>
  )
}

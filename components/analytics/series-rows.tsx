'use client'
import { ZoomIn } from 'lucide-react'
import { exactTime } from '@/components/ui/format'
import { cellText, type SeriesTable, timeHeading } from './series-table'

/** The values of the chart, with the same words as the file and in the same order. */
export function SeriesRows({ table, caption, closer }: { table: SeriesTable; caption: string; closer: (at: number) => void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={caption} className="max-h-[32rem] overflow-auto rounded-md border border-line bg-panel">
      <table data-series className="w-full border-collapse text-right">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-panel text-xs text-quiet">
          <tr className="border-b border-line">
            <th scope="col" className="px-3 py-2 text-left font-normal">
              {timeHeading}
            </th>
            {table.columns.map((name) => (
              <th key={name} scope="col" className="px-3 py-2 font-normal">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ at, values }) => (
            <tr key={at} className="border-b border-line last:border-0 hover:bg-raised/60">
              <th scope="row" className="px-3 text-left font-normal">
                <button
                  type="button"
                  onClick={() => closer(Date.parse(at))}
                  title={`Look closer: ${exactTime(Date.parse(at))}`}
                  className="group inline-flex min-h-8 items-center gap-1.5 tabular-nums touch:min-h-11"
                >
                  <time dateTime={at}>{at}</time>
                  <ZoomIn size={14} aria-hidden className="text-quiet opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100" />
                </button>
              </th>
              {values.map((value, column) => (
                <td key={table.columns[column]} className="px-3 tabular-nums">
                  {cellText(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

import type { Model } from '@/components/api/types'
import { formatNumber, humanise } from '@/components/ui/format'
import { Panel } from '@/components/ui/page'

/** Every weight of two versions side by side; one that a version does not have is null. */
export function weightRows(
  first: Pick<Model, 'weights' | 'latent_weight'>,
  second: Pick<Model, 'weights' | 'latent_weight'>,
): { name: string; first: number | null; second: number | null }[] {
  const a: Record<string, number> = { ...first.weights, latent: first.latent_weight }
  const b: Record<string, number> = { ...second.weights, latent: second.latent_weight }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().map((name) => ({ name, first: a[name] ?? null, second: b[name] ?? null }))
}

const cell = (value: number | null) => (value === null ? '–' : formatNumber(value, 3))

export function CompareModels({ first, second }: { first: Model; second: Model }) {
  const [older, newer] = first.version < second.version ? [first, second] : [second, first]
  return (
    <Panel className="mt-3 overflow-x-auto px-4 py-2">
      <table className="w-full">
        <caption className="sr-only">
          Weights of version {older.version} and version {newer.version}
        </caption>
        <thead>
          <tr className="border-b border-line text-xs text-quiet">
            <th scope="col" className="py-2 text-left font-normal">
              Weight
            </th>
            <th scope="col" className="py-2 text-right font-normal">
              Version {older.version}
            </th>
            <th scope="col" className="py-2 text-right font-normal">
              Version {newer.version}
            </th>
            <th scope="col" className="py-2 text-right font-normal">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {weightRows(older, newer).map((row) => {
            const change = row.first !== null && row.second !== null ? row.second - row.first : null
            return (
              <tr key={row.name} className="border-b border-line last:border-0">
                <th scope="row" className="py-2 pr-3 text-left font-normal">
                  {humanise(row.name)}
                </th>
                <td className="py-2 text-right">{cell(row.first)}</td>
                <td className="py-2 text-right">{cell(row.second)}</td>
                <td className={`py-2 text-right ${change ? 'text-accent' : 'text-quiet'}`}>
                  {change === null ? '–' : `${change > 0 ? '+' : ''}${formatNumber(change, 3)}`}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Panel>
  )
}

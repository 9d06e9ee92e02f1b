import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { LabPage } from '@/components/graph/lab/lab-page'
import { labParameters } from '@/components/graph/lab/parameters'
import { EmptyState } from '@/components/ui/states'
import { getRuntime } from '@/server/runtime'

export const metadata: Metadata = { title: 'Laboratory of the graph' }

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  if (!(await getRuntime()).services.env.lab) notFound()
  const read = labParameters(await searchParams)
  if ('graph' in read) return <LabPage {...read.graph} laidOut={read.laidOut} />
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="sr-only">Laboratory of the graph</h1>
      <EmptyState title="This graph cannot be made">
        {read.wrong.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </EmptyState>
    </main>
  )
}

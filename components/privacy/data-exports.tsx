'use client'
import { Button } from '@mui/material'
import { Braces, FileText } from 'lucide-react'
import { client } from '@/components/api/client'
import { useStartExport } from '@/components/exports/exports'

/** The two forms in which personal data can be taken away, for people and for programs: one's own, or a person's of this enterprise. */
export function DataExports({ personId }: { personId?: string }) {
  const start = useStartExport((format: 'html' | 'json') =>
    personId === undefined ? client.auth.startOwnExport({ format }) : client.auth.startPersonExport({ id: personId, format }),
  )
  return (
    <>
      <Button variant="outlined" startIcon={<FileText size={16} aria-hidden />} loading={start.isPending} onClick={() => start.mutate('html')}>
        Export to read
      </Button>
      <Button variant="outlined" startIcon={<Braces size={16} aria-hidden />} loading={start.isPending} onClick={() => start.mutate('json')}>
        Export as JSON
      </Button>
    </>
  )
}

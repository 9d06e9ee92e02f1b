import { Button } from '@mui/material'
import { Braces, FileText } from 'lucide-react'

/** The two forms in which personal data can be taken away: for people and for programs. */
export function DataDownloads({ path }: { path: string }) {
  return (
    <>
      <Button
        component="a"
        href={`${path}?format=html`}
        download="personal-data.html"
        variant="outlined"
        startIcon={<FileText size={16} aria-hidden />}
      >
        Download to read
      </Button>
      <Button
        component="a"
        href={`${path}?format=json`}
        download="personal-data.json"
        variant="outlined"
        startIcon={<Braces size={16} aria-hidden />}
      >
        Download as JSON
      </Button>
    </>
  )
}

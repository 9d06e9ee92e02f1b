'use client'
import { Alert } from '@mui/material'
import { toProblem } from '@/components/api/problem'

/** Why something in a form or dialog did not work. */
export function ProblemAlert({ error }: { error: unknown }) {
  const problem = toProblem(error)
  return (
    <Alert severity="error" variant="outlined">
      {problem.message}
      {problem.requestId && <span className="block text-xs">Request {problem.requestId}</span>}
    </Alert>
  )
}

'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { orpc } from '@/components/api/client'
import { isAborted, type Problem, toProblem } from '@/components/api/problem'
import { reportSessionEnded } from '@/components/api/session-state'
import type { ProcessProgress, StoredResult } from '@/components/api/types'
import { askStream, type Question } from './ask-stream'

export type Asking = Question & { startedAt: number; progress: ProcessProgress[]; problem: Problem | null }

/** Asks one question at a time. What came back is put where reading the result by its id finds it, then `onResult` is told. */
export function useAsk(onResult: (id: string) => void) {
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState<Asking | null>(null)
  const running = useRef<AbortController | null>(null)
  const mounted = useRef(false)
  useEffect(() => {
    mounted.current = true
    return () => {
      mounted.current = false
    }
  }, [])

  const ask = useCallback(
    async (question: Question) => {
      running.current?.abort()
      const controller = new AbortController()
      running.current = controller
      setAsking({ ...question, startedAt: Date.now(), progress: [], problem: null })
      try {
        const result = await askStream(question, controller.signal, (progress) =>
          setAsking((current) => (current && running.current === controller ? { ...current, progress: [...current.progress, progress] } : current)),
        )
        const stored: StoredResult = {
          ...result,
          mode: question.mode,
          question: question.question,
          created_at: new Date().toISOString(),
          feedback: [],
        }
        queryClient.setQueryData(orpc.neural.getResult.queryKey({ input: { id: result.id } }), stored)
        void queryClient.invalidateQueries({ queryKey: orpc.neural.listResults.key() })
        if (running.current !== controller || !mounted.current) return
        running.current = null
        setAsking(null)
        onResult(result.id)
      } catch (error) {
        if (running.current !== controller) return
        running.current = null
        if (isAborted(error)) return setAsking(null)
        const problem = toProblem(error)
        if (problem.status === 401) reportSessionEnded()
        setAsking((current) => current && { ...current, problem })
      }
    },
    [queryClient, onResult],
  )
  const stop = useCallback(() => {
    running.current?.abort()
    running.current = null
    setAsking(null)
  }, [])
  return { asking, ask, stop }
}

'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { orpc } from '@/components/api/client'
import { isAborted, type Problem, toProblem } from '@/components/api/problem'
import { reportSessionEnded } from '@/components/api/session-state'
import type { ProcessProgress, StoredResult } from '@/components/api/types'
import { newId } from '@/components/offline/new-id'
import { removeItem, sendLater } from '@/components/offline/outbox-state'
import { useOutbox } from '@/components/offline/use-outbox'
import { askStream, type Question } from './ask-stream'

export type Asking = Question & {
  startedAt: number
  progress: ProcessProgress[]
  problem: Problem | null
  /** Its number in the outbox, where it waits for a connection. */
  queued: number | null
}

/**
 * Asks one question at a time. What came back is put where reading the result by its id finds it, then `onResult` is told. Without a connection
 * the question goes into the outbox, under the id with which it may have been sent already.
 */
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
      const id = newId()
      setAsking({ ...question, startedAt: Date.now(), progress: [], problem: null, queued: null })
      try {
        const onProgress = (progress: ProcessProgress) =>
          setAsking((current) => (current && running.current === controller ? { ...current, progress: [...current.progress, progress] } : current))
        const result = await askStream(question, controller.signal, onProgress, id)
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
        const item = problem.status === 0 ? await sendLater({ kind: 'question', ...question }, { id, wasTried: navigator.onLine }) : null
        setAsking((current) => current && (item ? { ...current, queued: item.seq } : { ...current, problem }))
      }
    },
    [queryClient, onResult],
  )
  const stop = useCallback(() => {
    running.current?.abort()
    running.current = null
    setAsking(null)
  }, [])
  const queued = asking?.queued ?? null
  const item = useOutbox().find(({ seq }) => seq === queued)
  const answer = item?.resultId ?? null
  useEffect(() => {
    if (answer === null) return
    setAsking(null)
    onResult(answer)
  }, [answer, onResult])
  // Taken out of the outbox elsewhere.
  const isGone = queued !== null && item === undefined
  useEffect(() => {
    if (isGone) setAsking(null)
  }, [isGone])
  const withdraw = useCallback(() => {
    if (queued !== null) void removeItem(queued)
    stop()
  }, [queued, stop])
  return { asking, item, ask, stop, withdraw }
}

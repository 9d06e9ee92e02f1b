'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { client, orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import type { StoredResult } from '@/components/api/types'
import type { Item } from '@/components/offline/outbox'
import { sendLater } from '@/components/offline/outbox-state'
import { isUnsent } from '@/components/offline/use-outbox'
import { useNotices } from '@/components/ui/notices'

/** Number that stands for the answer as a whole. */
export const wholeAnswer = 0

/** `feedback` with the judgement of one citation (or the whole) replaced. */
export function withFeedback(feedback: StoredResult['feedback'], citation: number, useful: boolean): StoredResult['feedback'] {
  return [...feedback.filter((entry) => entry.citation !== citation), { citation, useful }]
}

/** The judgement that holds: the last one given. */
export const judged = (feedback: StoredResult['feedback'], citation: number) =>
  feedback.findLast((entry) => entry.citation === citation)?.useful ?? null

/** `feedback` with what was judged without a connection and waits to be sent. */
export function withQueued(feedback: StoredResult['feedback'], resultId: string, items: readonly Item[]): StoredResult['feedback'] {
  return items.reduce((sum, item) => {
    const { work } = item
    return isUnsent(item) && work.kind === 'feedback' && work.resultId === resultId ? withFeedback(sum, work.citation, work.useful) : sum
  }, feedback)
}

/**
 * Records feedback. It shows at once and is taken back, with a message, when the server refuses it. Without a connection it stays and waits in
 * the outbox.
 */
export function useFeedback(resultId: string) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const key = orpc.neural.getResult.queryKey({ input: { id: resultId } })
  return useMutation({
    mutationFn: ({ citation, useful }: { citation: number; useful: boolean }) =>
      client.neural.feedback(
        citation === wholeAnswer ? { result_id: resultId, useful } : { result_id: resultId, citations: [{ n: citation, useful }] },
      ),
    onMutate: async ({ citation, useful }) => {
      await queryClient.cancelQueries({ queryKey: key })
      const before = queryClient.getQueryData(key)
      queryClient.setQueryData(key, (current) => current && { ...current, feedback: withFeedback(current.feedback, citation, useful) })
      return { before }
    },
    onError: async (error, { citation, useful }, context) => {
      if (toProblem(error).status === 0) {
        const about =
          citation === wholeAnswer
            ? (context?.before?.question ?? 'An answer')
            : `Source ${citation} of “${context?.before?.question ?? 'an answer'}”`
        if (await sendLater({ kind: 'feedback', resultId, citation, useful, about }))
          return notices.say('Queued: it is sent as soon as there is a connection.')
      }
      if (context?.before) queryClient.setQueryData(key, context.before)
      notices.fail('Your judgement was not kept.', error)
    },
  })
}

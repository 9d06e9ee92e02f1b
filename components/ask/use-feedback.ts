'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { client, orpc } from '@/components/api/client'
import type { StoredResult } from '@/components/api/types'
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

/** Records feedback. It shows at once and is taken back, with a message, when the server refuses it. */
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
    onError: (error, _, context) => {
      if (context?.before) queryClient.setQueryData(key, context.before)
      notices.fail('Your judgement was not kept.', error)
    },
  })
}

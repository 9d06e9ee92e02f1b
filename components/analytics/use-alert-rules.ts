'use client'
import { useQuery } from '@tanstack/react-query'
import { orpc } from '@/components/api/client'

/** The alert rules of the enterprise with their states. Events tell when one changed (components/live/stale.ts). */
export const useAlertRules = (enabled = true) => useQuery(orpc.analytics.listRules.queryOptions({ input: {}, enabled }))

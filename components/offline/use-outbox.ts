'use client'
import { useSyncExternalStore } from 'react'
import { isConnected, subscribeConnection } from './connection'
import type { Item } from './outbox'
import { noOutboxItems, outboxItems, subscribeOutbox } from './outbox-state'

/** Everything this person did that waits, was sent lately or was refused. */
export const useOutbox = (): readonly Item[] => useSyncExternalStore(subscribeOutbox, outboxItems, noOutboxItems)

export const useConnected = (): boolean => useSyncExternalStore(subscribeConnection, isConnected, () => true)

export const isUnsent = ({ state }: Item): boolean => state !== 'sent'

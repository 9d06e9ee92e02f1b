'use client'
import type { XrEntry } from './use-xr-entry'
import type { XrSpaceProps } from './xr-space'

/** What a scene draws inside while a headset shows it; nothing else. A child of <GraphScene>. */
export function XrInside({ entry, ...props }: { entry: XrEntry } & Omit<XrSpaceProps, 'store' | 'onReady'>) {
  if (!entry.inside) return null
  const { Space, store, onReady } = entry.inside
  return <Space store={store} onReady={onReady} {...props} />
}

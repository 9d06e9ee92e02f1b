import { describe, expect, it, vi } from 'vitest'
import { Problem } from '@/components/api/problem'
import { chosenFiles, UploadQueue } from './upload-queue'

const file = (name: string) => new File(['x'], name)
const given = (...names: string[]) => names.map((name) => ({ file: file(name), name }))
const states = (queue: UploadQueue) => queue.snapshot().map(({ name, state }) => `${name} ${state}`)

describe('UploadQueue', () => {
  it('sends at most two at a time and all in the end', async () => {
    let open = 0
    let most = 0
    const queue = new UploadQueue(async () => {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open -= 1
    })
    queue.add(given('a', 'b', 'c', 'd', 'e'))
    await vi.waitFor(() => expect(states(queue)).toEqual(['a sent', 'b sent', 'c sent', 'd sent', 'e sent']))
    expect(most).toBe(2)
  })

  it('goes on after a bad file, keeps its reason, and sends it again when asked', async () => {
    let bad = true
    const queue = new UploadQueue(async (_, name) => {
      if (name === 'b' && bad) throw new Problem({ status: 415, code: 'unsupported-type', detail: 'No' })
    })
    queue.add(given('a', 'b', 'c'))
    await vi.waitFor(() => expect(states(queue)).toEqual(['a sent', 'b failed', 'c sent']))
    const failed = queue.snapshot().find(({ state }) => state === 'failed')
    expect(failed?.problem?.code).toBe('unsupported-type')
    bad = false
    queue.retry(failed?.id ?? -1)
    await vi.waitFor(() => expect(states(queue)).toEqual(['a sent', 'b sent', 'c sent']))
  })

  it('waits when the server says 429, and loses nothing', async () => {
    let refusals = 1
    const queue = new UploadQueue(async () => {
      if (refusals-- > 0) throw new Problem({ status: 429, code: 'rate-limited', detail: 'Slow down', retryAfterS: 0.01 })
    })
    queue.add(given('a', 'b'))
    await vi.waitFor(() => expect(states(queue)).toEqual(['a sent', 'b sent']))
  })

  it('stops what waits and what is on its way', async () => {
    const queue = new UploadQueue(
      (_file, _name, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
    )
    queue.add(given('a', 'b', 'c'))
    queue.stop()
    await vi.waitFor(() => expect(queue.snapshot()).toEqual([]))
  })
})

it('leaves out hidden files and folders', () => {
  expect(chosenFiles([file('a.md'), file('.DS_Store')]).map(({ name }) => name)).toEqual(['a.md'])
})

import { createHash } from 'node:crypto'
import type { RedisConnection } from '../storage/redis/port.ts'
import { memoryWindow, type SlidingWindow, slotMs, slots, type WindowKey, type WindowState } from './sliding-window.ts'

// A window is a hash from minutes since the epoch to what was taken in each, as in memory. The clock is Redis's own, one for all processes.
const clock = `
local slotMs, slots, at = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not at then
  local time = redis.call('TIME')
  at = time[1] * 1000 + math.floor(time[2] / 1000)
end
local minute = math.floor(at / slotMs)`
const counted = `
local function counted(key)
  local used, oldest = 0, nil
  local taken = redis.call('HGETALL', key)
  for i = 1, #taken, 2 do
    local slot, count = tonumber(taken[i]), tonumber(taken[i + 1])
    if slot < minute - slots then
      redis.call('HDEL', key, taken[i])
    else
      if slot > minute then
        redis.call('HDEL', key, taken[i])
        redis.call('HINCRBY', key, minute, count)
        slot = minute
      end
      used = used + count
      if not oldest or slot < oldest then oldest = slot end
    end
  end
  return used, oldest
end`

/** KEYS: window, then its group's names where it has one. */
const takeScript = `${clock}${counted}
local used, oldest = counted(KEYS[1])
local taken = 0
if used < tonumber(ARGV[4]) then
  taken, used, oldest = 1, used + 1, oldest or minute
  redis.call('HINCRBY', KEYS[1], minute, 1)
  redis.call('PEXPIRE', KEYS[1], (slots + 1) * slotMs)
  if KEYS[2] then
    redis.call('ZADD', KEYS[2], minute, ARGV[5])
    redis.call('PEXPIRE', KEYS[2], (slots + 1) * slotMs)
  end
end
return { taken, used, oldest and (oldest + slots + 1) * slotMs - at or 0 }`

const giveBackScript = `
local newest
for _, slot in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not newest or tonumber(slot) > newest then newest = tonumber(slot) end
end
if newest and redis.call('HINCRBY', KEYS[1], newest, -1) <= 0 then redis.call('HDEL', KEYS[1], newest) end`

/** KEYS: a group's names. Their windows have its hash tag, so the node that runs this holds them. */
const listScript = `${clock}${counted}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', minute - slots - 1)
local found = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local used = counted(ARGV[4] .. name)
  if used > 0 then
    found[#found + 1] = name
    found[#found + 1] = used
  end
end
return found`

// Keys of one group have one hash tag, so that a script may touch them together. A name without a group may be an account or an address.
const prefixOf = (group: string) => `limit:{${group}}:`
const keyOf = ({ group, name }: WindowKey) =>
  group === undefined ? `limit:${createHash('sha256').update(name).digest('base64url')}` : prefixOf(group) + name
const namesOf = (group: string) => `limits:{${group}}`

/** The window in Redis, for all processes: each call is one round trip, and rejects while Redis is away. `now` is a clock for tests. */
export function redisWindow(redis: RedisConnection, options: { now?: () => number } = {}): SlidingWindow {
  const take = redis.script(takeScript)
  const giveBack = redis.script(giveBackScript)
  const list = redis.script(listScript)
  const when = () => [slotMs, slots, options.now?.() ?? '']
  return {
    adapter: redis.adapter,
    async take(key, limit) {
      const keys = key.group === undefined ? [keyOf(key)] : [keyOf(key), namesOf(key.group)]
      // The script's three numbers.
      const [taken, used, freeInMs] = (await take(keys, [...when(), limit, key.name])) as [number, number, number]
      return { taken: taken === 1, used, freeInMs }
    },
    async giveBack(key) {
      await giveBack([keyOf(key)], [])
    },
    async list(group) {
      // Names and numbers in turn.
      const found = (await list([namesOf(group)], [...when(), prefixOf(group)])) as (string | number)[]
      return Array.from({ length: found.length / 2 }, (_, i) => ({ name: String(found[2 * i]), used: Number(found[2 * i + 1]) }))
    },
    isInsured: () => false,
  }
}

/**
 * `shared` with memory as insurance: while it is away, this process counts alone, from what it has let through itself within the hour,
 * and goes back with the first call that succeeds again.
 */
export function insuredWindow(shared: SlidingWindow, insurance: SlidingWindow = memoryWindow()): SlidingWindow {
  let insured = false
  async function orElse<T>(work: Promise<T>, away: () => T | Promise<T>): Promise<T> {
    try {
      const value = await work
      insured = false
      return value
    } catch {
      insured = true
      return away()
    }
  }
  return {
    adapter: shared.adapter,
    async take(key, limit) {
      const state = await orElse<WindowState | null>(shared.take(key, limit), () => null)
      if (state?.taken === false) return state
      const own = await insurance.take(key, limit)
      return state ?? own
    },
    async giveBack(key) {
      await Promise.all([orElse(shared.giveBack(key), () => {}), insurance.giveBack(key)])
    },
    list: (group) => orElse(shared.list(group), () => insurance.list(group)),
    isInsured: () => insured,
  }
}

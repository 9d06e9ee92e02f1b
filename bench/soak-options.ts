import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

/** `redis-cluster`: three masters, of which one is lost at a time, in the place of one Redis. */
const known = ['postgres', 'redis', 'redis-cluster', 'neo4j', 'influxdb', 'gcs']
const usual = 'postgres,redis-cluster,neo4j,influxdb,gcs'
const usage = `Usage: npm run soak -- --minutes N [--seed S] [--services ${usual} | none]`

export interface SoakOptions {
  minutes: number
  seed: number
  /** None: everything embedded. */
  names: string[]
}

/** @throws Error of one line when they do not do */
export function readOptions(args: readonly string[]): SoakOptions {
  const refused = (why: string) => new Error(`soak: ${why}. ${usage}`)
  let values: { minutes?: string; seed?: string; services?: string }
  try {
    values = parseArgs({ args: [...args], options: { minutes: { type: 'string' }, seed: { type: 'string' }, services: { type: 'string' } } }).values
  } catch (error) {
    throw refused(String((error as Error).message.split(/[.\n]/, 1)[0]))
  }
  const minutes = Number(values.minutes ?? 2)
  const seed = Number(values.seed ?? randomInt(2 ** 31))
  const names = values.services === 'none' ? [] : (values.services ?? usual).split(',').map((name) => name.trim())
  if (!(minutes > 0 && Number.isFinite(minutes))) throw refused(`--minutes ${values.minutes} is no number above 0`)
  if (!Number.isSafeInteger(seed) || seed < 0) throw refused(`--seed ${values.seed} is no whole number`)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw refused(`there is no service '${unknown}'`)
  if (names.includes('redis') && names.includes('redis-cluster')) throw refused('redis and redis-cluster stand in for each other')
  return { minutes, seed, names }
}

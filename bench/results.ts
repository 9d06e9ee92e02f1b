// Where measurements are kept: bench/results, a file each, with the machine and the date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join('bench', 'results')

/** Keeps a measurement as `bench/results/NAME.json`. */
export function keepResult(name: string, result: object): void {
  keepText(`${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
}

export function keepText(file: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** What was measured last; null when it never was. */
export function lastResult(name: string): unknown {
  const file = join(folder, `${name}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

// Starts one service, by the settings on its standard input. Programs are waited for while they install and start, so services that
// start side by side need a process each.
import { readFileSync } from 'node:fs'
import { reportAndExit } from '../failure.mjs'
import { services } from './list.mjs'

try {
  await services[process.argv[2]].start(JSON.parse(readFileSync(0, 'utf8')))
} catch (error) {
  reportAndExit(error)
}

// npm run build: build the standalone server now, whether it is stale or not.
import { reportAndExit } from './failure.mjs'
import { checkNode, ensureBuild, ensurePackages } from './setup.mjs'

try {
  checkNode()
  await ensurePackages()
  await ensureBuild({ always: true })
} catch (error) {
  reportAndExit(error)
}

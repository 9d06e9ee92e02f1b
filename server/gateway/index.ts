export { limits } from './limit-use.ts'
export { targets } from './list-targets.ts'

export { cancelJob as cancel } from './cancel.ts'
export { getJob as get } from './get.ts'
export { listJobs as list } from './list.ts'
export { retryJob as retry } from './retry.ts'

export { downloadExport as download } from './download.ts'
export { getExport as get } from './get.ts'
export { listExports as list } from './list.ts'
export { removeExport as remove } from './remove.ts'

export { listMetrics as metrics } from './list-metrics.ts'
export { series } from './series.ts'

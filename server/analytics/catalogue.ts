import type { Measurement } from '../storage/timeseries/port.ts'
import type { aggregateNames, tagNames, Unit } from './contract.ts'

type AggregateName = (typeof aggregateNames)[number]

/**
 * How its points were made (gateway/measurements.ts), and so what can be asked of them: a counter is summed; a distribution has count, sum,
 * max and p95 of every window; a gauge is a value of its own; a ratio is one counter by another.
 */
type Kind = 'counter' | 'distribution' | 'gauge' | { of: string; by: string }

export interface Metric {
  measurement: Measurement
  metric: string
  kind: Kind
  unit: Unit
  definition: string
  tags: readonly (typeof tagNames)[number][]
}

const usage = ['operation', 'outcome', 'door'] as const

/** Everything that is measured, with what it means. */
export const catalogue: readonly Metric[] = [
  {
    measurement: 'enterprise_usage',
    metric: 'calls',
    kind: 'counter',
    unit: 'count',
    definition: 'Calls that were answered, whatever the answer: ok below status 400, refused below 500, failed from there.',
    tags: usage,
  },
  {
    measurement: 'system_performance',
    metric: 'latency_ms',
    kind: 'distribution',
    unit: 'ms',
    definition: 'Time from the headers of a call to its answer, on the server.',
    tags: ['operation'],
  },
  {
    measurement: 'system_performance',
    metric: 'memory_bytes',
    kind: 'gauge',
    unit: 'bytes',
    definition: 'Memory of a process of AIA (resident set), once a minute.',
    tags: [],
  },
  {
    measurement: 'system_performance',
    metric: 'cpu_share',
    kind: 'gauge',
    unit: 'ratio',
    definition: 'Processor time of a process of AIA, as a share of one core, over a minute.',
    tags: [],
  },
  {
    measurement: 'system_performance',
    metric: 'event_loop_delay_ms',
    kind: 'gauge',
    unit: 'ms',
    definition: 'How long work waited for its turn in a process of AIA: the 99th percentile of a minute.',
    tags: [],
  },
  {
    measurement: 'system_performance',
    metric: 'left_out',
    kind: 'counter',
    unit: 'count',
    definition: 'Measurements that were left out, because a quarter of a minute had more than 5,000 different series.',
    tags: [],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'atoms',
    kind: 'gauge',
    unit: 'count',
    definition: 'Atoms of the knowledge, counted every five minutes and whenever somebody looks at how it stands.',
    tags: [],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'pathways',
    kind: 'gauge',
    unit: 'count',
    definition: 'Pathways between atoms, counted every five minutes and whenever somebody looks at how the knowledge stands.',
    tags: [],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'answers',
    kind: 'counter',
    unit: 'count',
    definition: 'Questions and contents that were processed, also those answered from the cache.',
    tags: ['mode', 'status', 'cached'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'answer_latency_ms',
    kind: 'distribution',
    unit: 'ms',
    definition: 'Time from a parsed question to its result, without those answered from the cache.',
    tags: ['mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'confidence',
    kind: 'distribution',
    unit: 'ratio',
    definition: 'Estimated probability that an answer is supported by what it cites, without those from the cache.',
    tags: ['mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'citations',
    kind: 'distribution',
    unit: 'count',
    definition: 'Citations of an answer, without those from the cache.',
    tags: ['mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'agent_ms',
    kind: 'counter',
    unit: 'ms',
    definition: 'Time that agents worked.',
    tags: ['agent', 'mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'agent_accepted_ms',
    kind: 'counter',
    unit: 'ms',
    definition: 'Time that agents worked on what was accepted at the first review.',
    tags: ['agent', 'mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'coordination_efficiency',
    kind: { of: 'agent_accepted_ms', by: 'agent_ms' },
    unit: 'ratio',
    definition: 'Time that agents spent on work accepted at the first review, divided by all time that agents worked.',
    tags: ['agent', 'mode'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'sources_read',
    kind: 'counter',
    unit: 'count',
    definition: 'Documents that were read to their end.',
    tags: ['origin'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'segments_read',
    kind: 'counter',
    unit: 'count',
    definition: 'Segments of the documents that were read: headings, paragraphs, rows. Each gives an atom, or is one that is known.',
    tags: ['origin'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'bytes_read',
    kind: 'counter',
    unit: 'bytes',
    definition: 'Bytes of the documents that were read.',
    tags: ['origin'],
  },
  {
    measurement: 'neural_intelligence',
    metric: 'reading_ms',
    kind: 'distribution',
    unit: 'ms',
    definition: 'Time that a document took from its first byte to being ready, without waiting for its turn.',
    tags: ['origin'],
  },
]

/** What can be asked of a metric; the first is what is given without asking. */
export function aggregatesOf(kind: Kind): readonly AggregateName[] {
  if (kind === 'counter') return ['sum']
  if (kind === 'distribution') return ['mean', 'p95', 'max', 'count']
  if (kind === 'gauge') return ['mean', 'min', 'max']
  return ['mean']
}

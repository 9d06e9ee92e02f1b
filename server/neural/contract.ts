// What goes in and out of the neural operations. Plain schemas: server, browser, OpenAPI and tests share them.
import { z } from 'zod'

export const processingTypes = ['standard', 'advanced', 'enterprise'] as const
export const tierNames = ['standard', 'enterprise', 'fortune_500'] as const
export const pathwayKindNames = ['contains', 'references', 'mentions', 'related', 'similar'] as const
export const sourceStateNames = ['queued', 'processing', 'ready', 'failed'] as const

export const limits = {
  questionCharacters: 2_000,
  contentCharacters: 2_000_000,
  titleCharacters: 500,
  filesPerRequest: 100,
  pageSize: 200,
  graphNodes: 5_000,
  mapNodes: 50_000,
  mapEdges: 250_000,
} as const

const id = z.uuid()
const timestamp = z.iso.datetime({ offset: true })
// Half a surrogate pair cannot be written as UTF-8 and NUL cannot be stored, so neither may come in.
const wellFormed = (value: string) => !value.includes('\u0000') && value.isWellFormed()
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.trim().length > 0, 'must not be empty')
    .refine(wellFormed, 'holds a NUL character or half a surrogate pair')

// ---- process ----
export const processInput = z.strictObject({
  data: z
    .strictObject({
      question: text(limits.questionCharacters).optional(),
      content: text(limits.contentCharacters).optional(),
      title: text(limits.titleCharacters).optional(),
      remember: z.boolean().optional(),
    })
    .superRefine((data, context) => {
      if (data.question === undefined && data.content === undefined)
        context.addIssue({ code: 'custom', path: ['question'], message: 'give data.question to be answered or data.content to be analysed' })
      if (data.question !== undefined && data.content !== undefined)
        context.addIssue({ code: 'custom', path: ['content'], message: 'give either data.question or data.content, not both' })
      if (data.question !== undefined && data.remember)
        context.addIssue({ code: 'custom', path: ['remember'], message: 'only data.content can be remembered' })
    }),
  processing_type: z.enum(processingTypes).default('standard'),
  enterprise_tier: z.enum(tierNames).default('standard'),
})

export const citation = z.object({
  n: z.int().min(1),
  source_id: id,
  atom_id: id,
  title: z.string(),
  /** Exactly `content.slice(start, end)` of the source's stored text. */
  quote: z.string(),
  start: z.int().min(0),
  end: z.int().min(1),
})

export const pathStep = z.object({
  from: id,
  to: id,
  from_title: z.string(),
  to_title: z.string(),
  kind: z.enum(pathwayKindNames),
  weight: z.number(),
})

export const agentNames = ['planner', 'retriever', 'verifier', 'composer'] as const
export const agentReport = z.object({ name: z.enum(agentNames), task: z.string(), outcome: z.string(), duration_ms: z.number() })

export const analysis = z.object({
  summary: z.string(),
  domains: z.array(z.string()),
  entities: z.array(z.string()),
  nearest: z.array(z.object({ atom_id: id, title: z.string(), similarity: z.number() })),
  /** The source that keeps the content, when `remember` was true. */
  source_id: id.nullable(),
})

export const processResult = z.object({
  id,
  status: z.enum(['answered', 'partial', 'no_answer']),
  /** Sentences, each followed by its citation marks such as [1]. Empty for no_answer. */
  answer: z.string(),
  confidence: z.number().min(0).max(1),
  citations: z.array(citation),
  path: z.array(pathStep),
  agents: z.array(agentReport),
  /** What of the question the knowledge does not cover. */
  not_found: z.array(z.string()),
  analysis: analysis.nullable(),
  model_version: z.int(),
  input_hash: z.string().length(64),
  cached: z.boolean(),
  timing_ms: z.object({ total: z.number(), retrieve: z.number(), compose: z.number() }),
})

/** What `Accept: text/event-stream` sends before the result. */
export const processProgress = z.object({ agent: z.enum(agentNames), message: z.string() })

export const resultSummary = z.object({
  id,
  question: z.string(),
  status: processResult.shape.status,
  confidence: z.number(),
  mode: z.enum(processingTypes),
  created_at: timestamp,
})
export const resultList = z.object({ items: z.array(resultSummary), next_cursor: z.string().nullable() })
export const storedResult = processResult.extend({
  mode: z.enum(processingTypes),
  question: z.string(),
  created_at: timestamp,
  feedback: z.array(z.object({ citation: z.int(), useful: z.boolean() })),
})

export const feedbackInput = z.strictObject({
  result_id: id,
  /** The answer as a whole. */
  useful: z.boolean().optional(),
  citations: z
    .array(z.strictObject({ n: z.int().min(1), useful: z.boolean() }))
    .max(100)
    .optional(),
})
export const feedbackResult = z.object({ result_id: id, recorded: z.int() })

// ---- sources ----
export const sourceInput = z
  .strictObject({
    /** One or several files (multipart field `file`). */
    file: z.preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(z.file()).min(1).max(limits.filesPerRequest).optional(),
    ),
    title: text(limits.titleCharacters).optional(),
    content: text(limits.contentCharacters).optional(),
    content_type: text(100).optional(),
    url: text(2_000).optional(),
  })
  .superRefine((input, context) => {
    const ways = (['file', 'content', 'url'] as const).filter((way) => input[way] !== undefined)
    if (ways.length !== 1)
      context.addIssue({ code: 'custom', path: [ways[1] ?? 'file'], message: 'give exactly one of file, content (with a title) or url' })
    if (input.content !== undefined && input.title === undefined)
      context.addIssue({ code: 'custom', path: ['title'], message: 'content needs a title' })
    if (input.content_type !== undefined && input.content === undefined)
      context.addIssue({ code: 'custom', path: ['content_type'], message: 'goes with content only' })
    if (input.title !== undefined && (input.file?.length ?? 0) > 1)
      context.addIssue({ code: 'custom', path: ['title'], message: 'one title cannot name several files' })
  })
export const sourceFilter = z.strictObject({
  state: z.enum(sourceStateNames).optional(),
  q: text(300).optional(),
  limit: z.int().min(1).max(limits.pageSize).default(50),
  cursor: z.string().max(500).optional(),
})
export const sourceId = z.strictObject({ id })
export const pageInput = z.strictObject({ limit: z.int().min(1).max(limits.pageSize).default(50), cursor: z.string().max(500).optional() })
export const source = z.object({
  id,
  title: z.string(),
  origin: z.string(),
  content_type: z.string(),
  location: z.string().nullable(),
  byte_length: z.int(),
  state: z.enum(sourceStateNames),
  progress: z.object({ done: z.int(), total: z.int() }),
  atoms: z.int(),
  pathways: z.int(),
  reason: z.object({ code: z.string(), detail: z.string() }).nullable(),
  created_at: timestamp,
  ready_at: timestamp.nullable(),
})
export const sourceList = z.object({
  items: z.array(source),
  next_cursor: z.string().nullable(),
  counts: z.object({ queued: z.int(), processing: z.int(), ready: z.int(), failed: z.int() }),
})
export const acceptedSource = z.object({ id, state: z.enum(sourceStateNames), title: z.string() })
export const accepted = acceptedSource.extend({ items: z.array(acceptedSource) })
export const removal = z.object({ id, removed: z.object({ sources: z.int(), atoms: z.int(), pathways: z.int() }) })

// ---- atoms and graph ----
export const atomSummary = z.object({
  id,
  title: z.string(),
  kind: z.string(),
  content_hash: z.string(),
  semantic_summary: z.string(),
  knowledge_domains: z.array(z.string()),
  sources: z.int(),
  created_at: timestamp,
})
const facet = z.array(z.object({ value: z.string(), count: z.int() }))
export const atomList = z.object({
  items: z.array(atomSummary),
  next_cursor: z.string().nullable(),
  total: z.int(),
  facets: z.object({ domains: facet, kinds: facet }),
})
export const atomFilter = z.strictObject({
  q: text(300).optional(),
  domain: text(100).optional(),
  kind: text(100).optional(),
  source_id: id.optional(),
  limit: z.int().min(1).max(limits.pageSize).default(50),
  cursor: z.string().max(500).optional(),
})
export const neighbour = z.object({
  atom_id: id,
  title: z.string(),
  kind: z.enum(pathwayKindNames),
  direction: z.enum(['out', 'in']),
  weight: z.number(),
  evidence: z.record(z.string(), z.unknown()),
})
export const atomDetail = atomSummary.extend({
  text: z.string(),
  technical_context: z.record(z.string(), z.unknown()),
  relationships: z.array(z.record(z.string(), z.unknown())),
  occurrences: z.array(
    z.object({
      source_id: id,
      source_title: z.string(),
      start: z.int(),
      end: z.int(),
      heading_path: z.array(z.string()),
      language: z.string().nullable(),
    }),
  ),
  neighbours: z.array(neighbour),
  neighbours_total: z.int(),
})
export const graphInput = z.strictObject({
  /** Start here; without it the heaviest part of the whole graph. */
  atom_id: id.optional(),
  depth: z.int().min(1).max(4).default(1),
  /** The most nodes that may come back. */
  budget: z.int().min(1).max(limits.graphNodes).default(200),
  kind: z.enum(pathwayKindNames).optional(),
  domain: text(100).optional(),
})
export const graph = z.object({
  nodes: z.array(z.object({ id, title: z.string(), kind: z.string(), domains: z.array(z.string()), degree: z.int() })),
  edges: z.array(z.object({ from: id, to: id, kind: z.enum(pathwayKindNames), weight: z.number() })),
  /** True when the budget left something out. */
  truncated: z.boolean(),
})

export const mapInput = z.strictObject({
  /** The most nodes that may come; the heaviest, by the sum of the weights of their pathways. */
  nodes: z.int().min(1).max(limits.mapNodes).default(limits.mapNodes),
  /** The most pathways between those; the heaviest. */
  edges: z.int().min(0).max(limits.mapEdges).default(limits.mapEdges),
})
/** Numbers of one type, little-endian, as base64 (RFC 4648, 4): a tenth of the size and of the time that a list of them takes. */
const column = z.string()
export const graphMap = z.object({
  revision: z.int(),
  /** False while some atoms are not laid out yet: they stand beside their neighbours. */
  settled: z.boolean(),
  /** How many there are in all. */
  total: z.object({ nodes: z.int(), edges: z.int() }),
  /** Columns of the same length, the heaviest node first. */
  nodes: z.object({
    ids: z.array(id),
    names: z.array(z.string()),
    /** uint8: place in kind_names. */
    kinds: column,
    kind_names: z.array(z.string()),
    /** uint16: place in domain_names of the first domain; '' is that of an atom without one. */
    domains: column,
    domain_names: z.array(z.string()),
    /** uint32: place in source_names of the source whose wording the atom has. */
    sources: column,
    source_names: z.array(z.object({ id, title: z.string() })),
    /** uint32: a node and its further domain (place in domain_names) at 2i and 2i + 1, for atoms that have several. */
    further_domains: column,
    /** uint32: a node and a further source that says it (place in source_names) at 2i and 2i + 1. */
    further_sources: column,
    /** float32: sum of the weights of all pathways of the atom. */
    weights: column,
    /** float64: when it was first known, in milliseconds since 1970. */
    times: column,
    /** uint32: its community, 0 the largest. */
    communities: column,
    /** float32: x, y, z of node i at 3i. An edge at rest is 30 long. */
    positions: column,
  }),
  edges: z.object({
    /** uint32: places among the nodes of where edge i leaves and ends, at 2i and 2i + 1. */
    ends: column,
    /** uint8: place in kind_names. */
    kinds: column,
    kind_names: z.array(z.enum(pathwayKindNames)),
    /** float32, above 0, at most 1. */
    weights: column,
  }),
})
/** The browser has this map already: the answer to a fitting If-None-Match. */
export const mapAnswer = z.union([z.object({ status: z.literal(200), body: graphMap }), z.object({ status: z.literal(304) })])

export const pathInput = z.strictObject({
  from: id,
  to: id,
  /** The most pathways it may have. */
  most: z.int().min(1).max(8).default(6),
})
export const graphPath = z.object({
  /** False when no way of that length leads from one to the other. */
  found: z.boolean(),
  /** Atoms along the way, both ends included. */
  atoms: z.array(z.object({ id, title: z.string() })),
  /** Pathways along the way, each as it runs itself: it may have been followed backwards. */
  steps: z.array(z.object({ from: id, to: id, kind: z.enum(pathwayKindNames), weight: z.number() })),
})
export const reachInput = z.strictObject({ tier: z.enum(['standard', 'enterprise', 'fortune_500']).default('fortune_500') })
export const reach = z.object({
  /** Enterprises of the tier that the caller may see: its own. Most atoms first. */
  items: z.array(
    z.object({
      enterprise_id: id,
      name: z.string(),
      /** Different atoms that any of its agents has worked with. */
      atoms: z.int(),
      agents: z.array(z.object({ name: z.string(), atoms: z.int() })),
    }),
  ),
})
export const graphDrift = z.object({
  /** What answers questions about the graph. */
  adapter: z.enum(['postgres', 'neo4j']),
  /** Null when only the database holds the graph, so that nothing can drift; false while changes are on their way or something differs. */
  agrees: z.boolean().nullable(),
  /** Changes that Neo4j has not got yet. */
  waiting: z.int(),
  counts: z.array(z.object({ what: z.string(), postgres: z.number(), neo4j: z.number() })),
})
/** False when the graph stands in the database alone, so that there is nothing to rebuild. */
export const graphRebuild = z.object({ started: z.boolean() })

// ---- status, metrics, training ----
export const status = z.object({
  ready: z.boolean(),
  atoms: z.int(),
  pathways: z.int(),
  pathways_by_kind: z.record(z.enum(pathwayKindNames), z.int()),
  domains: z.array(z.object({ name: z.string(), atoms: z.int() })),
  sources: z.object({ total: z.int(), queued: z.int(), processing: z.int(), ready: z.int(), failed: z.int() }),
  model_version: z.int(),
  revision: z.int(),
  /** The starter workspace while it fills, null when it is done or off. */
  starter: z.object({ done: z.int(), total: z.int() }).nullable(),
})

/** A measured figure; value is null without data. */
export const metric = z.object({
  name: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  definition: z.string(),
  window: z.string(),
  n: z.int(),
})
export const metrics = z.object({ metrics: z.array(metric), measured_at: timestamp })

export const measures = z.object({ questions: z.int(), recall_at_5: z.number(), ndcg_at_10: z.number() })
export const trainingRun = z.object({
  id,
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.object({ done: z.int(), total: z.int() }),
  before: measures.nullable(),
  after: measures.nullable(),
  model_version: z.int().nullable(),
  published: z.boolean().nullable(),
  reason: z.string().nullable(),
  created_at: timestamp,
  ended_at: timestamp.nullable(),
})
export const trainingRunList = z.object({ items: z.array(trainingRun) })
export const model = z.object({
  version: z.int(),
  state: z.enum(['published', 'rejected', 'retired']),
  weights: z.record(z.string(), z.number()),
  latent_weight: z.number(),
  has_latent_model: z.boolean(),
  created_at: timestamp,
})
export const modelList = z.object({ items: z.array(model), published: z.int() })

export type ProcessInput = z.infer<typeof processInput>
export type ProcessResult = z.infer<typeof processResult>
export type ProcessProgress = z.infer<typeof processProgress>
export type AgentName = (typeof agentNames)[number]

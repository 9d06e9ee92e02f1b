import {
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { bytea, enterpriseId, tenantPolicy } from '../storage/database/policies.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** What the knowledge of an enterprise stands at. One row an enterprise; locked by every change of knowledge, so changes queue up. */
export const knowledgeStates = pgTable(
  'knowledge_states',
  {
    enterpriseId: enterpriseId().primaryKey(),
    /** Raised by every change; cached answers carry the revision they were made from. */
    revision: integer('revision').notNull().default(0),
    /** The next free atom number; numbers are never used twice. */
    nextNumber: integer('next_number').notNull().default(1),
    /** Version of the published model, 0 = the untrained prior. */
    modelVersion: integer('model_version').notNull().default(0),
    /** Version of the text analyser that the index was built with; another one needs a rebuild. */
    analyserVersion: integer('analyser_version'),
    /** Documents of the starter workspace read so far and in all; null when it was never started. */
    starterDone: integer('starter_done'),
    starterTotal: integer('starter_total'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  () => [tenantPolicy('knowledge_states')],
)

export const sourceStates = ['queued', 'processing', 'ready', 'failed'] as const

/** A document somebody gave AIA. `text` is the stored text that every citation slices. */
export const sources = pgTable(
  'sources',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    title: text('title').notNull(),
    /** How it came: upload, text, url, starter or memory (neural/process with remember). */
    origin: text('origin').notNull(),
    /** Media type of what was given, before extraction. */
    contentType: text('content_type').notNull(),
    /** File name or URL, when there is one. */
    location: text('location'),
    byteLength: integer('byte_length').notNull(),
    state: text('state', { enum: sourceStates }).notNull(),
    progressDone: integer('progress_done').notNull().default(0),
    progressTotal: integer('progress_total').notNull().default(0),
    /** Why it failed: a problem code and a sentence for people. */
    reason: jsonb('reason').$type<{ code: string; detail: string }>(),
    /** Where the original bytes are in the object store. */
    objectKey: text('object_key'),
    text: text('text'),
    createdBy: text('created_by').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    readyAt: at('ready_at'),
  },
  (t) => [
    index('sources_created').on(t.enterpriseId, t.createdAt, t.id),
    index('sources_state').on(t.enterpriseId, t.state),
    tenantPolicy('sources'),
  ],
)

/**
 * A piece of knowledge: one text, however many sources say it. Everything here except id, number and times is a pure function
 * of its occurrences, so it does not depend on the order in which documents came.
 */
export const knowledgeAtoms = pgTable(
  'knowledge_atoms',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    /** Dense integer for the lexical index and pathways; internal. */
    number: integer('number').notNull(),
    /** SHA-256 (hex) of the normalised text. */
    contentHash: varchar('content_hash', { length: 64 }).notNull(),
    title: text('title').notNull(),
    kind: text('kind').notNull(),
    text: text('text').notNull(),
    semanticSummary: text('semantic_summary').notNull(),
    /** {source_id, start, end, heading_path, language, entities, tags}: the canonical occurrence. */
    technicalContext: json('technical_context').notNull(),
    /** Links the sources declare: {kind, target, label}. Resolved ones are pathways. */
    relationships: json('relationships').array().notNull(),
    knowledgeDomains: varchar('knowledge_domains', { length: 100 }).array().notNull(),
    sourceCount: integer('source_count').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('knowledge_atoms_hash').on(t.enterpriseId, t.contentHash),
    uniqueIndex('knowledge_atoms_number').on(t.enterpriseId, t.number),
    index('knowledge_atoms_title').on(t.enterpriseId, t.title, t.id),
    index('knowledge_atoms_kind').on(t.enterpriseId, t.kind),
    index('knowledge_atoms_domains').using('gin', t.knowledgeDomains),
    tenantPolicy('knowledge_atoms'),
  ],
)

/** Where an atom stands in a source. The atoms and every pathway follow from these rows. */
export const occurrences = pgTable(
  'occurrences',
  {
    enterpriseId: enterpriseId(),
    sourceId: uuid('source_id')
      .notNull()
      .references(() => sources.id, { onDelete: 'cascade' }),
    /** Position among the atoms of its source. */
    ordinal: integer('ordinal').notNull(),
    atom: integer('atom').notNull(),
    /** [start, end) in the stored text, UTF-16 code units. */
    start: integer('start').notNull(),
    end: integer('end').notNull(),
    /** Atom number of the enclosing segment, null at the top. */
    parent: integer('parent'),
    title: text('title').notNull(),
    /** Normalised own name by which other atoms can mention this one; null when it has none. */
    titleKey: text('title_key'),
    /** Key by which links reach this one, for example `npm:react` or `oscal:<uuid>#ac-2`. */
    address: text('address'),
    kind: text('kind').notNull(),
    headingPath: text('heading_path').array().notNull(),
    language: text('language'),
    tags: text('tags').array().notNull(),
    links: jsonb('links').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sourceId, t.ordinal] }),
    index('occurrences_atom').on(t.enterpriseId, t.atom),
    index('occurrences_title_key').on(t.enterpriseId, t.titleKey),
    index('occurrences_address').on(t.enterpriseId, t.address),
    tenantPolicy('occurrences'),
  ],
)

export const pathwayKinds = ['contains', 'references', 'mentions', 'related', 'similar'] as const
export type PathwayKind = (typeof pathwayKinds)[number]

/** A directed edge between two atoms. `similar` is inferred, the others stand in the sources. */
export const pathways = pgTable(
  'pathways',
  {
    enterpriseId: enterpriseId(),
    source: integer('source').notNull(),
    target: integer('target').notNull(),
    kind: text('kind', { enum: pathwayKinds }).notNull(),
    weight: real('weight').notNull(),
    /** Why it exists: the words, the link or the shared terms. */
    evidence: jsonb('evidence').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.source, t.target, t.kind] }),
    index('pathways_target').on(t.enterpriseId, t.target),
    tenantPolicy('pathways'),
  ],
)

/**
 * Where the atoms of an enterprise stand in the picture of its graph, and their communities: one blob, because a change moves them all a little, and it is
 * read whole (docs/decisions/0030-layout.md). At most the heaviest 50,000.
 */
export const graphLayouts = pgTable(
  'graph_layouts',
  {
    enterpriseId: enterpriseId().primaryKey(),
    /** SHA-256 (hex) of the graph that it is of: another one needs another layout. */
    graphHash: varchar('graph_hash', { length: 64 }).notNull(),
    /** The knowledge's revision at which the graph was that. */
    revision: integer('revision').notNull(),
    /** Columns of the same length: atom numbers (int32), x, y, z (float32), communities (uint32). Little-endian. */
    data: bytea('data').notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  () => [tenantPolicy('graph_layouts')],
)

/** Immutable blobs of the lexical index; see lexical/segment.ts. */
export const lexicalSegments = pgTable(
  'lexical_segments',
  {
    enterpriseId: enterpriseId(),
    id: uuid('id').notNull().defaultRandom(),
    firstAtom: integer('first_atom').notNull(),
    lastAtom: integer('last_atom').notNull(),
    atoms: integer('atoms').notNull(),
    totalLength: integer('total_length').notNull(),
    data: bytea('data').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.id] }),
    index('lexical_segments_manifest').on(t.enterpriseId, t.firstAtom, t.lastAtom),
    tenantPolicy('lexical_segments'),
  ],
)

/**
 * Dense vectors of atoms from an outside endpoint, when one is set. A row goes with its atom. `revision` is the knowledge's revision that
 * brought it, so a reader that has seen one revision asks for later ones only.
 */
export const atomVectors = pgTable(
  'atom_vectors',
  {
    enterpriseId: enterpriseId(),
    atom: integer('atom').notNull(),
    model: text('model').notNull(),
    /** Of the title and text that were embedded: another title needs another vector. */
    textDigest: varchar('text_digest', { length: 32 }).notNull(),
    revision: integer('revision').notNull(),
    /** Unit length, float32, little-endian. */
    vector: bytea('vector').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.atom] }),
    foreignKey({
      name: 'atom_vectors_atom',
      columns: [t.enterpriseId, t.atom],
      foreignColumns: [knowledgeAtoms.enterpriseId, knowledgeAtoms.number],
    }).onDelete('cascade'),
    index('atom_vectors_revision').on(t.enterpriseId, t.revision, t.atom),
    tenantPolicy('atom_vectors'),
  ],
)

/** A question and what was answered: history, feedback, metrics. */
export const results = pgTable(
  'results',
  {
    id: uuid('id').primaryKey(),
    enterpriseId: enterpriseId(),
    personId: text('person_id').notNull(),
    question: text('question').notNull(),
    mode: text('mode').notNull(),
    status: text('status').notNull(),
    confidence: real('confidence').notNull(),
    inputHash: varchar('input_hash', { length: 64 }).notNull(),
    modelVersion: integer('model_version').notNull(),
    cached: boolean('cached').notNull(),
    durationMs: doublePrecision('duration_ms').notNull(),
    /** The whole answer as it was given. */
    result: jsonb('result').notNull(),
    /** Per shown atom: the score of each signal, what learning needs. */
    signals: jsonb('signals').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [index('results_created').on(t.enterpriseId, t.createdAt), tenantPolicy('results')],
)

export const feedback = pgTable(
  'feedback',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    resultId: uuid('result_id')
      .notNull()
      .references(() => results.id, { onDelete: 'cascade' }),
    personId: text('person_id').notNull(),
    /** Citation number, 0 = the answer as a whole. */
    citation: integer('citation').notNull(),
    useful: boolean('useful').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('feedback_once').on(t.resultId, t.personId, t.citation), tenantPolicy('feedback')],
)

/** What each agent did: coordination efficiency is measured from these rows. */
export const agentTasks = pgTable(
  'agent_tasks',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    resultId: uuid('result_id')
      .notNull()
      .references(() => results.id, { onDelete: 'cascade' }),
    agent: text('agent').notNull(),
    task: text('task').notNull(),
    outcome: text('outcome').notNull(),
    /** True when the reviewer accepted the work the first time. */
    acceptedAtFirstReview: boolean('accepted_at_first_review').notNull(),
    retries: integer('retries').notNull(),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at').notNull(),
    durationMs: doublePrecision('duration_ms').notNull(),
  },
  (t) => [index('agent_tasks_ended').on(t.enterpriseId, t.endedAt), tenantPolicy('agent_tasks')],
)

/** Agents that have worked for an enterprise at all (agent-work.ts). */
export const agentUses = pgTable('agent_uses', { enterpriseId: enterpriseId(), agent: text('agent').notNull() }, (t) => [
  primaryKey({ columns: [t.enterpriseId, t.agent] }),
  tenantPolicy('agent_uses'),
])

/**
 * Atoms that an agent has worked with. It says nothing of who asked, so it stays when an answer is erased, and goes with its atom: whoever
 * deletes that one deletes these rows (knowledge/stored.ts). A foreign key would look the atom up for each of them, with every answer.
 */
export const agentAtoms = pgTable(
  'agent_atoms',
  { enterpriseId: enterpriseId(), atom: integer('atom').notNull(), agent: text('agent').notNull() },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.atom, t.agent] }), tenantPolicy('agent_atoms')],
)

/** Questions with known answers, frozen when made: what a new model must not get worse on. */
export const judgedQuestions = pgTable(
  'judged_questions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    question: text('question').notNull(),
    /** title, heading, link, sentence or feedback. */
    origin: text('origin').notNull(),
    /** Atom numbers that answer it. */
    relevant: integer('relevant').array().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [index('judged_questions_enterprise').on(t.enterpriseId, t.createdAt), tenantPolicy('judged_questions')],
)

/** A trained model: pathway weights, the latent model's object and how it was judged. */
export const models = pgTable(
  'models',
  {
    enterpriseId: enterpriseId(),
    version: integer('version').notNull(),
    /** published, rejected (made the judged set worse) or retired. */
    state: text('state').notNull(),
    weights: jsonb('weights').notNull(),
    /** Object key of the latent semantic model, null without one. */
    latentObjectKey: text('latent_object_key'),
    latentWeight: real('latent_weight').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.version] }), tenantPolicy('models')],
)

export const trainingRuns = pgTable(
  'training_runs',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    state: text('state').notNull(),
    progressDone: integer('progress_done').notNull().default(0),
    progressTotal: integer('progress_total').notNull().default(0),
    startedBy: text('started_by').notNull(),
    /** Measures on the frozen judged set: {questions, recall_at_5, ndcg_at_10}. */
    before: jsonb('before'),
    after: jsonb('after'),
    /** Version the run made, null when it failed. */
    modelVersion: integer('model_version'),
    published: boolean('published'),
    reason: text('reason'),
    createdAt: at('created_at').notNull().defaultNow(),
    endedAt: at('ended_at'),
  },
  (t) => [index('training_runs_created').on(t.enterpriseId, t.createdAt), tenantPolicy('training_runs')],
)

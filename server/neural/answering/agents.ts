// The agents that answer a question: planner, retriever, composer, verifier. Their tasks are recorded with what the verifier made
// of each product, so that coordination efficiency is measured from work that happened.
import type { AgentName } from '../contract.ts'
import { compose, type Draft, write } from './compose.ts'
import { type Evidence, gather } from './evidence.ts'
import type { Citation, Passage, Vocabulary } from './passage.ts'
import type { Phraser } from './phrase.ts'
import { findNames, type Plan, plan } from './plan.ts'
import { type AnswerStatus, type Verdict, verify } from './verify.ts'

export interface AgentsRequest {
  question: string
  mode: 'standard' | 'advanced' | 'enterprise'
  /** The most agent tasks (never fewer than the four of one pass), milliseconds and passages read. */
  budget: { agents: number; timeMs: number; nodes: number }
}

export interface AgentsTools {
  /** Best passages first. */
  retrieve(question: string, limit: number): Promise<Passage[]>
  /** Rarity of index terms (analysis.ts) in the knowledge asked. */
  vocabulary(terms: string[]): Promise<Vocabulary>
  phrase?: Phraser | undefined
  /** Milliseconds since the epoch, fractions allowed. */
  now?(): number
  onProgress?(event: { agent: AgentName; message: string }): void
}

export interface AgentTask {
  agent: AgentName
  task: string
  outcome: string
  /** The verifier took this task's product as it was: see `review`. */
  acceptedAtFirstReview: boolean
  retries: number
  startedAt: Date
  endedAt: Date
  durationMs: number
}

export interface AgentsOutcome {
  status: AnswerStatus
  answer: string
  /** Estimated probability that the answer is supported by what it cites, 0..1. */
  confidence: number
  citations: Citation[]
  notFound: string[]
  /** The passages the citations come from, and those that led to them. */
  usedPassages: Passage[]
  tasks: AgentTask[]
  timing: { retrieveMs: number; composeMs: number }
}

const passagesPerRead = { standard: 12, advanced: 16, enterprise: 16 } as const
const mostRetries = 2

/** Answers one question within its budgets. Rejects only when a tool rejects. */
export async function runAgents(request: AgentsRequest, tools: AgentsTools): Promise<AgentsOutcome> {
  return new Run(request, tools).answer()
}

interface Read {
  record: AgentTask
  question: string
  passages: Passage[]
}

class Run {
  private readonly tasks: AgentTask[] = []
  private readonly reads: Read[] = []
  private readonly began: number
  private retrieveMs = 0
  private composeMs = 0
  private nodes = 0

  constructor(
    private readonly request: AgentsRequest,
    private readonly tools: AgentsTools,
  ) {
    this.began = this.now()
  }

  async answer(): Promise<AgentsOutcome> {
    const { question, mode } = this.request
    const planning = this.begin('planner', 'Find out what is asked')
    const plans = plan(question)
    const parts = mode === 'enterprise' ? plans.subQuestions : []
    this.end(planning, describePlan(plans, parts))
    await this.read(question, 'Find passages for the question')
    for (const [index, part] of parts.entries()) {
      // What an earlier part found leads to the next one: the titles are the bridge.
      const bridge = !plans.comparison && index > 0 ? this.newTitles(plans, 2) : []
      if (!this.mayGoOn(3)) break
      await this.read([part, ...bridge].join(' '), `Find passages for the part: ${part}`)
    }
    const vocabulary = await this.timedRetrieve(() => this.tools.vocabulary(plans.terms.map((term) => term.term)))
    let round = this.round(plans, vocabulary, 0)
    const first = round
    let retries = 0
    while (mode === 'enterprise' && retries < mostRetries && lacksSomething(round.verdict, retries) && this.mayGoOn(3)) {
      const query = this.nextQuery(plans, round)
      if (query === null) break
      retries++
      const before = this.nodes
      await this.read(query, `Look again for what is missing: ${round.verdict.notFound.join(', ') || 'better support'}`, retries)
      if (this.nodes === before) break
      const next = this.round(plans, vocabulary, retries)
      if (next.verdict.confidence > round.verdict.confidence) round = next
    }
    const { verdict, passages } = round
    const written = write(verdict.kept, passages)
    const answer = await this.phrased(question, written)
    this.review(planning, parts.length, first.verdict, round, retries)
    return {
      status: verdict.status,
      answer,
      confidence: verdict.confidence,
      citations: written.citations,
      notFound: verdict.notFound,
      usedPassages: used(written.citations, passages),
      tasks: this.tasks,
      timing: { retrieveMs: this.retrieveMs, composeMs: this.composeMs },
    }
  }

  /** One draft and its check over everything read so far. */
  private round(
    plans: Plan,
    vocabulary: Vocabulary,
    retries: number,
  ): { verdict: Verdict; draft: Draft; passages: Passage[]; evidence: Evidence; composing: AgentTask } {
    const started = this.now()
    const composing = this.begin('composer', retries === 0 ? 'Choose the sentences that answer' : 'Choose again with what was found', retries)
    const passages = merge(this.reads)
    const evidence = gather(plans, passages, vocabulary)
    const draft = compose(plans, passages, evidence)
    this.end(
      composing,
      draft.chosen.length === 0
        ? 'No sentence speaks to the question'
        : `${count(draft.chosen.length, 'sentence')} from ${count(new Set(draft.chosen.map((row) => row.passage)).size, 'passage')}`,
    )
    const checking = this.begin('verifier', 'Check every citation and what is missing', retries)
    const verdict = verify(plans, draft, passages, evidence)
    this.end(checking, describeVerdict(verdict))
    this.composeMs += this.now() - started
    return { verdict, draft, passages, evidence, composing }
  }

  private async read(question: string, task: string, retries = 0): Promise<void> {
    const limit = Math.min(passagesPerRead[this.request.mode], Math.max(0, this.request.budget.nodes - this.nodes))
    if (limit === 0) return
    const record = this.begin('retriever', task, retries)
    const passages = await this.timedRetrieve(() => this.tools.retrieve(question, limit))
    this.nodes += passages.length
    this.reads.push({ record, question, passages })
    this.end(
      record,
      passages.length === 0 ? 'Nothing found' : `${count(passages.length, 'passage')}, first: ${passages[0]?.title || passages[0]?.sourceTitle}`,
    )
  }

  private async phrased(question: string, written: { answer: string; citations: Citation[] }): Promise<string> {
    if (!this.tools.phrase || written.citations.length === 0) return written.answer
    const record = this.begin('composer', 'Phrase the answer from the cited words')
    const started = this.now()
    const text = await this.tools.phrase(question, written.citations)
    this.composeMs += this.now() - started
    this.end(record, text === null ? 'Kept the cited sentences as they are' : 'Phrased; every sentence checked against its citation')
    record.acceptedAtFirstReview = text !== null
    return text ?? written.answer
  }

  /** A query for what the draft lacks: the missing words with the names that the draft has brought up. */
  private nextQuery(plans: Plan, round: { verdict: Verdict; draft: Draft; passages: Passage[] }): string | null {
    const own = (at: number) => round.draft.chosen.reduce((best, row) => Math.max(best, row.own[at] ?? 0), 0)
    const lacking = plans.terms.filter((_, at) => own(at) < 0.5).map((term) => term.word)
    const said = round.draft.chosen.slice(0, 2).map((row) => round.passages[row.passage]?.text.slice(row.span.start, row.span.end) ?? '')
    const bridge = [...new Set(said.flatMap(findNames))].filter((name) => /\p{L}/u.test(name) && !plans.question.includes(name)).slice(0, 3)
    const query = [...bridge, ...(lacking.length > 0 ? lacking : plans.names)].join(' ')
    return query === '' || this.reads.some((read) => read.question === query) ? null : query
  }

  /** Titles of the latest read's best passages that the question does not name. */
  private newTitles(plans: Plan, most: number): string[] {
    const lower = plans.question.toLowerCase()
    return (this.reads.at(-1)?.passages ?? [])
      .slice(0, 3)
      .map((passage) => passage.title)
      .filter((title) => title !== '' && !lower.includes(title.toLowerCase()))
      .slice(0, most)
  }

  /**
   * Who did work that stood: a read is accepted when the answer cites a passage it brought first; the plan when every part led to
   * passages and the answer stands; the draft when the verifier changed nothing and asked for nothing more; a check when it was the last word.
   */
  private review(
    planning: AgentTask,
    parts: number,
    first: Verdict,
    last: { verdict: Verdict; passages: Passage[]; composing: AgentTask },
    retries: number,
  ): void {
    const cited = new Set(last.verdict.kept.map((row) => last.passages[row.passage]?.atomId))
    const seen = new Set<string>()
    for (const read of this.reads) {
      read.record.acceptedAtFirstReview = read.passages.some((passage) => cited.has(passage.atomId) && !seen.has(passage.atomId))
      for (const passage of read.passages) seen.add(passage.atomId)
    }
    const reads = this.reads.filter((read) => read.record.retries === 0)
    planning.acceptedAtFirstReview = first.status !== 'no_answer' && reads.length === parts + 1 && reads.every((read) => read.passages.length > 0)
    for (const task of this.tasks) {
      if (task.agent === 'composer' && task.task.startsWith('Choose'))
        task.acceptedAtFirstReview =
          task === last.composing && last.verdict.rejected.length === 0 && last.verdict.kept.length > 0 && task.retries === 0 && retries === 0
      if (task.agent === 'verifier') task.acceptedAtFirstReview = task.retries === retries
    }
  }

  /** Whether budgets leave room for that many more tasks. */
  private mayGoOn(more: number): boolean {
    const { agents, timeMs, nodes } = this.request.budget
    return this.tasks.length + more <= Math.max(4, agents) && this.now() - this.began < timeMs && this.nodes < nodes
  }

  private async timedRetrieve<T>(work: () => Promise<T>): Promise<T> {
    const started = this.now()
    const result = await work()
    this.retrieveMs += this.now() - started
    return result
  }

  private begin(agent: AgentName, task: string, retries = 0): AgentTask {
    const at = this.now()
    const record = { agent, task, outcome: '', acceptedAtFirstReview: false, retries, startedAt: new Date(at), endedAt: new Date(at), durationMs: at }
    this.tasks.push(record)
    this.tools.onProgress?.({ agent, message: task })
    return record
  }

  private end(record: AgentTask, outcome: string): void {
    const at = this.now()
    record.outcome = outcome
    record.endedAt = new Date(at)
    record.durationMs = at - record.durationMs
    this.tools.onProgress?.({ agent: record.agent, message: outcome })
  }

  private now(): number {
    return this.tools.now?.() ?? performance.timeOrigin + performance.now()
  }
}

/** A stated answer is looked at once more when words of the question or the type of answer are missing. */
const lacksSomething = (verdict: Verdict, retries: number): boolean =>
  verdict.status !== 'answered' || (retries === 0 && (verdict.notFound.length > 0 || verdict.signals.mistyped > 0.5 || verdict.signals.asked < 0.6))

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

function describePlan(plans: Plan, parts: readonly string[]): string {
  const kinds = {
    yes_no: 'a yes or a no',
    other: 'a statement',
    person: 'a person',
    place: 'a place',
    date: 'a date',
    duration: 'a length of time',
    number: 'a number',
    money: 'an amount',
    definition: 'a definition',
    list: 'a list',
    reason: 'a reason',
  }
  const named = plans.names.length > 0 ? `, names ${plans.names.join(', ')}` : ''
  return `Asks for ${kinds[plans.expects]}${named}${parts.length > 0 ? `; ${count(parts.length, 'part')}: ${parts.join(' | ')}` : ''}`
}

function describeVerdict(verdict: Verdict): string {
  const stands = { answered: 'The answer stands', partial: 'The answer covers a part', no_answer: 'Nothing here answers the question' }[
    verdict.status
  ]
  const dropped = verdict.rejected.length > 0 ? `; ${count(verdict.rejected.length, 'sentence')} left out` : ''
  return `${stands}${dropped}${verdict.notFound.length > 0 ? `; not found: ${verdict.notFound.join(', ')}` : ''}`
}

/** All reads in one list, each passage once. A passage's score is its best over the reads, each read scaled to its own best; later reads count a little less. */
function merge(reads: readonly Read[]): Passage[] {
  if (reads.length === 1) return [...(reads[0]?.passages ?? [])]
  const best = new Map<string, Passage>()
  reads.forEach((read, index) => {
    const highest = read.passages.reduce((most, passage) => Math.max(most, passage.score), 0)
    for (const passage of read.passages) {
      const score = (highest > 0 ? passage.score / highest : 0) * (index === 0 ? 1 : 0.9)
      const other = best.get(passage.atomId)
      if (!other || other.score < score) best.set(passage.atomId, { ...passage, score, via: other?.via === null ? null : passage.via })
    }
  })
  return [...best.values()].sort((a, b) => b.score - a.score || a.number - b.number).slice(0, 32)
}

/** Cited passages in the order of their marks, then the ones whose pathways led to them. */
function used(citations: readonly Citation[], passages: readonly Passage[]): Passage[] {
  const found: Passage[] = []
  const add = (passage: Passage | undefined) => {
    if (passage && !found.includes(passage)) found.push(passage)
  }
  for (const citation of citations) add(passages.find((passage) => passage.atomId === citation.atomId))
  for (const passage of [...found]) if (passage.via) add(passages.find((other) => other.number === passage.via?.from))
  return found
}

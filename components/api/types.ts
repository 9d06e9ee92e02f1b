// Types of what the operations give, from the same schemas the server checks with. Types only: no schema code reaches the browser.
import type { z } from 'zod'
import type * as contract from '@/server/neural/contract'

type Out<K extends keyof typeof contract> = (typeof contract)[K] extends z.ZodType<infer T> ? T : never

export type Status = Out<'status'>
export type Source = Out<'source'>
export type SourceState = Source['state']
export type Accepted = Out<'accepted'>
export type AtomSummary = Out<'atomSummary'>
export type AtomDetail = Out<'atomDetail'>
export type GraphMap = Out<'graphMap'>
export type Neighbour = Out<'neighbour'>
export type PathwayKind = Neighbour['kind']
export type ProcessResult = Out<'processResult'>
export type ProcessProgress = Out<'processProgress'>
export type StoredResult = Out<'storedResult'>
export type ResultSummary = Out<'resultSummary'>
export type Citation = Out<'citation'>
export type PathStep = Out<'pathStep'>
export type AgentReport = Out<'agentReport'>
export type Mode = ResultSummary['mode']
export type Metric = Out<'metric'>
export type TrainingRun = Out<'trainingRun'>
export type Model = Out<'model'>
export type Tier = NonNullable<z.input<typeof contract.processInput>['enterprise_tier']>

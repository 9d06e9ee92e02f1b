import type { Services } from '../gateway/services.ts'
import { AnalysisThread } from './knowledge/analysis-thread.ts'
import { LexicalIndex } from './lexical/lexical-index.ts'

/** The process's one thread that analyses texts. */
export const analysisThreadOf = (services: Pick<Services, 'once'>): AnalysisThread =>
  services.once('neural.analysis-thread', () => new AnalysisThread())

/** The process's one cache of index segments. */
export const lexicalIndexOf = (services: Pick<Services, 'once'>): LexicalIndex => services.once('neural.lexical-index', () => new LexicalIndex())

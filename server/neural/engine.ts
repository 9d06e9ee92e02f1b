import type { Services } from '../gateway/services.ts'
import { LexicalIndex } from './lexical/lexical-index.ts'

/** The process's one cache of index segments. */
export const lexicalIndexOf = (services: Pick<Services, 'once'>): LexicalIndex => services.once('neural.lexical-index', () => new LexicalIndex())

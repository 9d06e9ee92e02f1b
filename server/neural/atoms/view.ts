import { knowledgeAtoms } from '../tables.ts'

export const atomColumns = {
  id: knowledgeAtoms.id,
  number: knowledgeAtoms.number,
  title: knowledgeAtoms.title,
  kind: knowledgeAtoms.kind,
  contentHash: knowledgeAtoms.contentHash,
  semanticSummary: knowledgeAtoms.semanticSummary,
  knowledgeDomains: knowledgeAtoms.knowledgeDomains,
  sourceCount: knowledgeAtoms.sourceCount,
  createdAt: knowledgeAtoms.createdAt,
}

export const atomView = (row: Pick<typeof knowledgeAtoms.$inferSelect, keyof typeof atomColumns>) => ({
  id: row.id,
  title: row.title,
  kind: row.kind,
  content_hash: row.contentHash,
  semantic_summary: row.semanticSummary,
  knowledge_domains: row.knowledgeDomains,
  sources: row.sourceCount,
  created_at: row.createdAt.toISOString(),
})

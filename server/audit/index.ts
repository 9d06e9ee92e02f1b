export { exportAudit } from './export.ts'
export { listAudit } from './list.ts'
export { getAuditConsistency, getAuditProof } from './proofs.ts'
export { auditLogState, signAudit } from './state.ts'

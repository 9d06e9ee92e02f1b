import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { securitySettings } from '../tables.ts'
import { readSettings } from './read-settings.ts'
import { securitySettingsInput, securitySettingsView } from './shapes.ts'

export const changeSecuritySettings = identityOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'row', state: 'changed', stepUp: true })
  .route({ method: 'PUT', path: '/v1/auth/security', summary: 'Change how the people of this enterprise must sign in', tags: ['security'] })
  .input(securitySettingsInput)
  .output(securitySettingsView)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    // Or whoever turns it on would be the first to be shut out.
    if (input.require_mfa && caller.acr !== 'aal2')
      throw problem('conflict', 'Set up a second factor for your own account before you require one of everybody.')
    const { enterpriseId } = caller
    const before = await readSettings(tx, enterpriseId)
    const values = { requireMfa: input.require_mfa, sessionHours: input.session_hours, updatedAt: new Date() }
    await tx
      .insert(securitySettings)
      .values({ enterpriseId, ...values })
      .onConflictDoUpdate({ target: securitySettings.enterpriseId, set: values })
    const settings = { before: { require_mfa: before.require_mfa, session_hours: before.session_hours }, after: input }
    audit({ target: enterpriseId, ...settings, detail: settings })
    return readSettings(tx, enterpriseId)
  })

import { z } from 'zod'
import { enterprises, tiers } from '../../enterprise/index.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { memberships } from '../tables.ts'
import { ownEnterprise } from './list.ts'

export const createEnterprise = identityOperation
  .meta({ permission: 'enterprise.create', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/auth/enterprises',
    summary: 'Another enterprise with knowledge, people and records of its own; the caller owns it',
    tags: ['enterprises'],
  })
  .input(z.strictObject({ name: z.string().trim().min(1).max(255), tier: z.enum(tiers).default('standard') }))
  .output(ownEnterprise)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    if (caller.kind !== 'person') throw problem('forbidden', 'Only a person can own an enterprise.')
    if (tiers.indexOf(input.tier) > tiers.indexOf(caller.tier))
      throw problem('forbidden', `An enterprise of tier ${caller.tier} cannot make one of tier ${input.tier}.`)
    const [made] = await tx.insert(enterprises).values({ name: input.name, tier: input.tier }).returning()
    if (!made) throw new Error('The enterprise was not stored.')
    await tx.insert(memberships).values({ enterpriseId: made.id, personId: caller.personId, role: 'owner' })
    audit({ target: made.id, after: { name: made.name, tier: made.tier }, detail: { tier: made.tier } })
    return { id: made.id, name: made.name, tier: made.tier, role: 'owner', current: false }
  })

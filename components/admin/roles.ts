// The words of the interface for roles and partner levels. The server holds what each may do.

export const roleNames = ['owner', 'admin', 'analyst', 'operator', 'auditor', 'agent', 'partner'] as const
export type RoleName = (typeof roleNames)[number]

export const roleSays: Record<RoleName, string> = {
  owner: 'Everything, other owners included',
  admin: 'Everything but creating enterprises and changing owners',
  analyst: 'Reads, asks and adds knowledge',
  operator: 'As an analyst, and trains the ranking',
  auditor: 'Reads knowledge, people and records; changes nothing',
  agent: 'A program that reads and asks',
  partner: 'Somebody outside, as far as the level says',
}

export const levelNames = ['none', 'read', 'contribute', 'operate'] as const
export type LevelName = (typeof levelNames)[number]

export const levelSays: Record<LevelName, string> = {
  none: 'Nothing but single resources that are granted',
  read: 'Reads all knowledge',
  contribute: 'Reads, asks and adds knowledge',
  operate: 'As contribute, and trains the ranking',
}

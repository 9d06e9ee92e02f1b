'use client'
import { MenuItem, TextField } from '@mui/material'
import { humanise } from '@/components/ui/format'
import { type LevelName, levelNames, levelSays, type RoleName, roleNames, roleSays } from './roles'

export type Standing = { role: RoleName; partner_level: LevelName }

/** Role, and for a partner its level, each with what it means. */
export function RoleFields({ value, onChange }: { value: Standing; onChange: (value: Standing) => void }) {
  return (
    <>
      <TextField
        select
        label="Role"
        value={value.role}
        helperText={roleSays[value.role]}
        onChange={(event) => onChange({ ...value, role: event.target.value as RoleName })}
      >
        {roleNames.map((role) => (
          <MenuItem key={role} value={role}>
            {humanise(role)}
          </MenuItem>
        ))}
      </TextField>
      {value.role === 'partner' && (
        <TextField
          select
          label="Access level"
          value={value.partner_level}
          helperText={levelSays[value.partner_level]}
          onChange={(event) => onChange({ ...value, partner_level: event.target.value as LevelName })}
        >
          {levelNames.map((level) => (
            <MenuItem key={level} value={level}>
              {humanise(level)}
            </MenuItem>
          ))}
        </TextField>
      )}
    </>
  )
}

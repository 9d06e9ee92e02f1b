'use client'
import { MenuItem, TextField, Tooltip } from '@mui/material'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { humanise, plural } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import type { Matrix } from './access'

/** Every role and partner level by every permission: a table where there is room, one column at a time on a phone. */
export function AccessMatrix({ matrix }: { matrix: Matrix }) {
  const columns = [
    ...matrix.roles.map(({ role, permissions }) => ({ key: `role ${role}`, name: humanise(role), permissions })),
    ...matrix.partner_levels
      .filter(({ level }) => level !== 'none')
      .map(({ level, permissions }) => ({ key: `level ${level}`, name: `Partner: ${level}`, permissions })),
  ]
  const [chosen, setChosen] = useState('role analyst')
  const one = columns.find(({ key }) => key === chosen) ?? columns[0]
  return (
    <section aria-label="Roles and permissions">
      <SectionTitle aside="A partner’s level adds to the role">Roles and permissions</SectionTitle>
      <div className="mb-3 @4xl:hidden">
        <TextField select fullWidth label="Role" value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {columns.map(({ key, name }) => (
            <MenuItem key={key} value={key}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      </div>
      <Panel>
        <table className="w-full text-left">
          <thead className="border-b border-line text-xs text-quiet">
            <tr>
              <th scope="col" className="px-3 py-2 font-normal">
                Permission
              </th>
              {columns.map(({ key, name }) => (
                <th key={key} scope="col" className={`px-1 py-2 text-center font-normal ${key === one?.key ? '' : 'hidden @4xl:table-cell'}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {matrix.permissions.map(({ permission, operations }) => (
              <tr key={permission}>
                <th scope="row" className="px-3 py-2 font-normal">
                  <Tooltip title={operations.join(', ') || 'No operation needs it yet'} enterTouchDelay={0} describeChild>
                    <button type="button" className="cursor-help rounded-sm text-left">
                      <code className="font-mono text-xs">{permission}</code>
                      <span className="block text-xs text-quiet">{plural(operations.length, 'operation', 'operations')}</span>
                    </button>
                  </Tooltip>
                </th>
                {columns.map(({ key, name, permissions }) => {
                  const has = permissions.includes(permission)
                  return (
                    <td key={key} className={`px-1 text-center ${key === one?.key ? '' : 'hidden @4xl:table-cell'}`}>
                      {has ? <Check size={16} className="inline text-ok" aria-hidden /> : <span className="text-quiet">–</span>}
                      <span className="sr-only">
                        {name}: {has ? 'yes' : 'no'}
                      </span>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </section>
  )
}

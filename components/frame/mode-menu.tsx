'use client'
import { IconButton, Menu, MenuItem, Tooltip } from '@mui/material'
import { useColorScheme } from '@mui/material/styles'
import { Check, Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'

const modes = [
  { value: 'system', label: 'As the system', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
] as const

/** Dark, light, or as the system has it; kept in this browser. */
export function ModeMenu() {
  const { mode, setMode } = useColorScheme()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const current = modes.find(({ value }) => value === mode) ?? modes[0]
  return (
    <>
      <Tooltip title="Dark or light">
        <IconButton
          aria-label={`Dark or light: ${current.label}`}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <current.Icon size={18} />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {modes.map(({ value, label, Icon }) => (
          <MenuItem
            key={value}
            role="menuitemradio"
            aria-checked={value === current.value}
            onClick={() => {
              setMode(value)
              setAnchor(null)
            }}
            className="gap-3"
          >
            <Icon size={16} aria-hidden />
            <span className="grow">{label}</span>
            <Check size={16} aria-hidden className={value === current.value ? '' : 'invisible'} />
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}

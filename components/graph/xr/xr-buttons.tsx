'use client'
import { Alert, Button, CircularProgress } from '@mui/material'
import { Glasses, LogOut, ScanEye } from 'lucide-react'
import type { XrMode } from './session'
import type { XrEntry } from './use-xr-entry'

const looks: Record<XrMode, { label: string; icon: typeof Glasses }> = {
  'immersive-vr': { label: 'Enter VR', icon: Glasses },
  'immersive-ar': { label: 'Enter AR', icon: ScanEye },
}

/** Enter VR, Enter AR: those that the device offers, so nothing on a device that offers none. What goes wrong is said beside them. */
export function XrButtons({ entry }: { entry: XrEntry }) {
  const { modes, phase, mode, problem } = entry
  if (modes.length === 0) return null
  if (phase === 'running')
    return (
      <Button variant="contained" onClick={entry.leave} startIcon={<LogOut size={15} aria-hidden />}>
        {mode === 'immersive-ar' ? 'Leave AR' : 'Leave VR'}
      </Button>
    )
  return (
    <>
      {modes.map((each) => {
        const { label, icon: Icon } = looks[each]
        const loading = phase === 'loading' && mode === each
        return (
          <Button
            key={each}
            variant="outlined"
            disabled={phase === 'loading'}
            onClick={() => entry.enter(each)}
            onPointerEnter={entry.prepare}
            startIcon={loading ? <CircularProgress size={15} aria-hidden /> : <Icon size={15} aria-hidden />}
          >
            {label}
          </Button>
        )
      })}
      {problem && (
        <Alert severity="warning" role="alert" className="w-full">
          {problem}
        </Alert>
      )}
    </>
  )
}

'use client'
import { Alert, Button, Snackbar } from '@mui/material'
import { CloudOff, RefreshCw } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { EmptyState } from '@/components/ui/states'
import { applyNewVersion, askInPlace, asksForReload, subscribeVersion } from './version'

/** One prompt when a new version was installed under this tab; the tab goes on working until somebody reloads. */
export function NewVersionPrompt() {
  const asks = useSyncExternalStore(subscribeVersion, asksForReload, () => false)
  const [isLater, setLater] = useState(false)
  return (
    <Snackbar open={asks && !isLater} anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }} className="max-sm:!bottom-20">
      <Alert
        severity="info"
        variant="outlined"
        className="!items-center !bg-raised"
        action={
          <>
            <Button onClick={() => setLater(true)}>Later</Button>
            <Button variant="contained" onClick={applyNewVersion}>
              Reload
            </Button>
          </>
        }
      >
        A new version of AIA is ready.
      </Alert>
    </Snackbar>
  )
}

/** In place of a part of the app whose code did not come: it is another version's, or there is no connection. */
export function PartMissing({ retry }: { retry: () => void }) {
  if (typeof navigator !== 'undefined' && !navigator.onLine)
    return (
      <EmptyState icon={<CloudOff size={24} />} title="Not on this device" action={<Button onClick={retry}>Try again</Button>}>
        This part of AIA was not opened before, so it needs a connection.
      </EmptyState>
    )
  return <VersionBefore />
}

/** The one prompt while it is shown: the other gives way. */
function VersionBefore() {
  useEffect(askInPlace, [])
  return (
    <div role="alert">
      <EmptyState
        icon={<RefreshCw size={24} />}
        title="A new version of AIA is ready"
        action={
          <Button variant="contained" onClick={applyNewVersion}>
            Reload
          </Button>
        }
      >
        This part belongs to the version before. Reload to go on.
      </EmptyState>
    </div>
  )
}

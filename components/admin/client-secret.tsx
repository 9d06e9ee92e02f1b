'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { CopyField } from '@/components/ui/copy-field'

export type Secret = { name: string; clientId: string; secret: string | null }

/** Id and secret of a program, shown this once. */
export function SecretDialog({ secret, close }: { secret: Secret | null; close: () => void }) {
  return (
    <Dialog open={secret !== null} fullWidth maxWidth="sm" aria-labelledby="secret-title">
      <DialogTitle id="secret-title" className="break-words">
        {secret?.name}
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {secret?.secret ? (
          <p>Give both to the program now. AIA stores only a hash of the secret and cannot show it again.</p>
        ) : (
          <p>A public program has no secret: it proves by PKCE that it is the one that began.</p>
        )}
        <CopyField label="Client id" value={secret?.clientId ?? ''} />
        {secret?.secret && <CopyField label="Client secret" value={secret.secret} />}
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button variant="contained" onClick={close}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  )
}

'use client'
import { Button, Dialog } from '@mui/material'
import { useState } from 'react'
import { client } from '@/components/api/client'
import { plural } from '@/components/ui/format'
import { ConfirmDialog } from './confirm-dialog'
import { RecoveryCodes } from './recovery-codes'
import { Section } from './section'
import { useSecured } from './use-secured'

export function RecoverySection({ left }: { left: number }) {
  const [asking, setAsking] = useState(false)
  const [codes, setCodes] = useState<string[] | null>(null)
  const renew = useSecured(() => client.auth.renewRecoveryCodes({}), {
    failed: 'The old codes stay.',
    onDone: ({ recovery_codes }) => {
      setAsking(false)
      setCodes(recovery_codes)
    },
  })
  return (
    <Section
      title="Recovery codes"
      says={
        left === 0
          ? 'None is left. Make new ones before you lose your second factor.'
          : `${plural(left, 'code is', 'codes are')} left; each works once.`
      }
      action={
        <Button variant="outlined" onClick={() => setAsking(true)}>
          Make new codes
        </Button>
      }
    >
      <ConfirmDialog
        open={asking}
        title="Make new recovery codes?"
        action="Make new codes"
        busy={renew.isPending}
        close={() => setAsking(false)}
        confirm={() => renew.mutate(undefined)}
      >
        The {left} old codes stop working at once.
      </ConfirmDialog>
      <Dialog open={codes !== null} fullWidth maxWidth="xs" aria-labelledby="codes-title">
        {codes && <RecoveryCodes codes={codes} close={() => setCodes(null)} titleId="codes-title" />}
      </Dialog>
    </Section>
  )
}

import { Button, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { CopyField } from '@/components/ui/copy-field'

/** What a dialog becomes when something secret was made: it is shown this once, to be copied. `say`: what to do with it. */
export function ShownOnce(props: { titleId: string; what: string; label: string; value: string; say: string; close: () => void }) {
  return (
    <>
      <DialogTitle id={props.titleId}>Copy the {props.what} now</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>It is shown once. {props.say}</p>
        <CopyField label={props.label} value={props.value} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button variant="contained" onClick={props.close}>
          Done
        </Button>
      </DialogActions>
    </>
  )
}

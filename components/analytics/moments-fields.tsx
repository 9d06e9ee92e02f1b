'use client'
import { TextField } from '@mui/material'
import { useRef, useState } from 'react'
import { faultsOf, keptText, type Moments, momentsIn, textsOf } from './moments'

const keyOf = ({ from, to }: Moments) => `${from} ${to}`

/**
 * Two moments as fields. What is typed is kept until it names a range, and only then it becomes the view: half a date shows no other one, and takes
 * no focus away.
 */
export function MomentsFields({ range, change }: { range: Moments; change: (range: Moments) => void }) {
  const [texts, setTexts] = useState(() => textsOf(range))
  const [seen, setSeen] = useState(keyOf(range))
  const own = useRef(new Set<string>())
  if (seen !== keyOf(range)) {
    setSeen(keyOf(range))
    // Somebody went back, or looked closer.
    if (!own.current.has(keyOf(range))) {
      own.current.clear()
      setTexts(textsOf(range))
    }
  }
  const faults = faultsOf(momentsIn(texts, range), Date.now())
  const type = (end: keyof Moments, text: string) => {
    const next = { ...texts, [end]: text }
    setTexts(next)
    const moments = momentsIn(next, range)
    if (Object.keys(faultsOf(moments, Date.now())).length > 0) return
    own.current.add(keyOf(moments))
    change(moments)
  }
  return (['from', 'to'] as const).map((end) => (
    <TextField
      key={end}
      type="datetime-local"
      label={end === 'from' ? 'From' : 'To'}
      value={texts[end]}
      error={faults[end] !== undefined}
      helperText={faults[end] ?? (end === 'from' ? keptText : ' ')}
      slotProps={{ inputLabel: { shrink: true }, formHelperText: { role: faults[end] ? 'alert' : undefined } }}
      className="max-sm:grow"
      onChange={({ target }) => type(end, target.value)}
    />
  ))
}

'use client'
import { Button, IconButton, Tooltip } from '@mui/material'
import { ThumbsDown, ThumbsUp } from 'lucide-react'

type Props = { of: string; value: boolean | null; onJudge: (useful: boolean) => void }
const options = [
  { useful: true, label: 'Useful', Icon: ThumbsUp },
  { useful: false, label: 'Not useful', Icon: ThumbsDown },
] as const

/** Useful or not, with words: for the answer as a whole. */
export function JudgeButtons({ of, value, onJudge }: Props) {
  return options.map(({ useful, label, Icon }) => (
    <Button
      key={label}
      variant="outlined"
      aria-pressed={value === useful}
      aria-label={`${label}: ${of}`}
      startIcon={<Icon size={15} aria-hidden fill={value === useful ? 'currentColor' : 'none'} />}
      onClick={() => onJudge(useful)}
      className={value === useful ? '' : 'border-line text-quiet'}
    >
      {label}
    </Button>
  ))
}

/** Useful or not, as two small buttons: for one citation. */
export function JudgeIcons({ of, value, onJudge }: Props) {
  return options.map(({ useful, label, Icon }) => (
    <Tooltip key={label} title={label}>
      <IconButton
        aria-pressed={value === useful}
        aria-label={`${label}: ${of}`}
        onClick={() => onJudge(useful)}
        className={value === useful ? 'text-accent' : 'text-quiet'}
      >
        <Icon size={15} fill={value === useful ? 'currentColor' : 'none'} />
      </IconButton>
    </Tooltip>
  ))
}

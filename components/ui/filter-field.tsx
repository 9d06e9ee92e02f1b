'use client'
import { IconButton, InputAdornment, TextField } from '@mui/material'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

/** A text filter that tells what was typed once it stands still for 250 ms. */
export function FilterField({
  label,
  value,
  onChange,
  autoFocus = false,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
}) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    const next = text.trim()
    if (next === told.current) return
    const timer = setTimeout(() => {
      told.current = next
      onChange(next)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, onChange])
  return (
    <TextField
      data-main-field
      autoFocus={autoFocus}
      value={text}
      placeholder={label}
      onChange={(event) => setText(event.target.value)}
      className="min-w-0 grow basis-56 sm:max-w-80"
      slotProps={{
        htmlInput: { 'aria-label': label, maxLength: 300, enterKeyHint: 'search' },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <Search size={15} aria-hidden />
            </InputAdornment>
          ),
          endAdornment: text ? (
            <IconButton aria-label="Clear the filter" edge="end" onClick={() => setText('')}>
              <X size={15} />
            </IconButton>
          ) : undefined,
        },
      }}
    />
  )
}

'use client'
import { useColorScheme } from '@mui/material/styles'
import { type Colours, dark, light } from '@/components/ui/theme'

/** The theme's colours in the mode that is shown. */
export function useSceneColours(): Colours {
  const { mode, systemMode } = useColorScheme()
  return (mode === 'system' ? systemMode : mode) === 'light' ? light : dark
}

/** Red, green and blue of #rrggbb, 0 to 1, as a screen takes them: the scene's shaders write colours unchanged. */
export function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

'use client'
// The one place that owns colour (colours.ts), type, radius and density. Tailwind reads the CSS variables this theme writes (app/globals.css).
import { createTheme, darken, lighten } from '@mui/material/styles'
import { type Colours, dark, light } from './colours'

export { type Colours, dark, light }

/** The four sizes of type, in rem. */
export const sizes = { small: '0.75rem', normal: '0.875rem', large: '1rem', title: '1.375rem' } as const
const sans = '"Inter Variable", system-ui, sans-serif'
const mono = '"JetBrains Mono Variable", ui-monospace, monospace'
const radius = 8

const scheme = (colours: Colours, hovered: (colour: string) => string) => {
  const { domains, ...rest } = colours
  const slots = Object.fromEntries(domains.map((colour, index) => [`domain${index}`, colour]))
  // `dark` is what a filled button turns to under the pointer: away from its text, whatever the mode.
  const plain = (main: string) => ({ main, dark: hovered(main), contrastText: colours.onAccent })
  return {
    palette: {
      primary: plain(colours.accent),
      secondary: plain(colours.accent),
      success: plain(colours.ok),
      warning: plain(colours.attention),
      error: plain(colours.danger),
      info: plain(colours.info),
      background: { default: colours.ground, paper: colours.panel },
      text: { primary: colours.ink, secondary: colours.quiet },
      divider: colours.line,
      aia: { ...rest, ...slots },
    },
  }
}

const text = (fontSize: string, fontWeight: number, lineHeight: number) => ({ fontSize, fontWeight, lineHeight, letterSpacing: 0 })

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-mode' },
  colorSchemes: { dark: scheme(dark, (colour) => lighten(colour, 0.2)), light: scheme(light, (colour) => darken(colour, 0.2)) },
  shape: { borderRadius: radius },
  typography: {
    fontFamily: sans,
    h1: text(sizes.title, 650, 1.3),
    h2: text(sizes.large, 600, 1.4),
    h3: text(sizes.normal, 600, 1.45),
    h4: text(sizes.normal, 600, 1.45),
    h5: text(sizes.normal, 600, 1.45),
    h6: text(sizes.normal, 600, 1.45),
    subtitle1: text(sizes.normal, 600, 1.45),
    subtitle2: text(sizes.small, 600, 1.4),
    body1: text(sizes.normal, 400, 1.5),
    body2: text(sizes.normal, 400, 1.5),
    button: { ...text(sizes.normal, 550, 1.4), textTransform: 'none' },
    caption: text(sizes.small, 400, 1.4),
    overline: { ...text(sizes.small, 600, 1.4), textTransform: 'none' },
  },
  ...({ face: { sans, mono }, size: sizes } as object),
  transitions: { duration: { shortest: 80, shorter: 100, short: 120, standard: 140, complex: 160, enteringScreen: 160, leavingScreen: 120 } },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small' },
      styleOverrides: {
        sizeSmall: { fontSize: sizes.normal },
        root: { minHeight: 36, paddingInline: 12, '@media (pointer: coarse)': { minHeight: 44 } },
      },
    },
    MuiIconButton: {
      defaultProps: { size: 'small' },
      styleOverrides: { root: { width: 36, height: 36, borderRadius: radius, '@media (pointer: coarse)': { width: 44, height: 44 } } },
    },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiDialog: { styleOverrides: { paper: { border: '1px solid var(--mui-palette-divider)' } } },
    MuiDialogTitle: { styleOverrides: { root: text(sizes.large, 600, 1.4) } },
    MuiTextField: { defaultProps: { size: 'small' } },
    MuiOutlinedInput: {
      styleOverrides: {
        root: { backgroundColor: 'var(--mui-palette-background-paper)' },
        notchedOutline: { borderColor: 'var(--mui-palette-aia-lineStrong)' },
        // 16 px on touch keeps phones from zooming into the field.
        input: { fontSize: sizes.normal, '@media (pointer: coarse)': { fontSize: sizes.large, paddingBlock: 11 } },
      },
    },
    MuiTooltip: {
      defaultProps: { enterDelay: 300, arrow: true },
      styleOverrides: {
        tooltip: {
          ...text(sizes.small, 400, 1.45),
          maxWidth: 320,
          color: 'var(--mui-palette-text-primary)',
          backgroundColor: 'var(--mui-palette-aia-raised)',
          border: '1px solid var(--mui-palette-aia-lineStrong)',
        },
        arrow: { color: 'var(--mui-palette-aia-lineStrong)' },
      },
    },
    MuiMenuItem: { styleOverrides: { root: { fontSize: sizes.normal, minHeight: 36, '@media (pointer: coarse)': { minHeight: 44 } } } },
    MuiMenu: { styleOverrides: { paper: { border: '1px solid var(--mui-palette-divider)' } } },
    MuiSkeleton: { defaultProps: { animation: false } },
    MuiLinearProgress: { styleOverrides: { root: { borderRadius: 2, backgroundColor: 'var(--mui-palette-aia-line)' } } },
    MuiTab: { styleOverrides: { root: { minHeight: 40, minWidth: 0, '@media (pointer: coarse)': { minHeight: 44 } } } },
    MuiToggleButton: {
      styleOverrides: {
        root: { textTransform: 'none', minHeight: 34, paddingBlock: 4, fontSize: sizes.normal, '@media (pointer: coarse)': { minHeight: 44 } },
      },
    },
  },
})

// The only colours of AIA. Apart from the theme, because what the server writes (manifest, theme colour) needs them too.

/** Colours of one mode. State colours and domain colours hold 3:1 on ground and panel, text colours 4.5:1 (theme.test.ts). */
export type Colours = {
  ground: string
  panel: string
  raised: string
  line: string
  lineStrong: string
  ink: string
  quiet: string
  accent: string
  onAccent: string
  mark: string
  ok: string
  attention: string
  danger: string
  info: string
  idle: string
  /** Categorical, after Okabe and Ito (2008), lightened or darkened for the ground. */
  domains: readonly [string, string, string, string, string, string, string, string]
}

export const dark: Colours = {
  ground: '#0a0c12',
  panel: '#10141b',
  raised: '#1a202b',
  line: '#232a36',
  lineStrong: '#657084',
  ink: '#e9edf5',
  quiet: '#98a1b3',
  accent: '#6ea6ff',
  onAccent: '#06101f',
  mark: '#27406f',
  ok: '#3fcf8e',
  attention: '#f2b84b',
  danger: '#ff8080',
  info: '#5cc8e6',
  idle: '#8b94a5',
  domains: ['#56b4e9', '#e69f00', '#2bbd8f', '#d98cb8', '#f0e442', '#5f8ff0', '#f0763c', '#a3acbb'],
}

export const light: Colours = {
  ground: '#f5f6f9',
  panel: '#ffffff',
  raised: '#e9ecf2',
  line: '#dde1e9',
  lineStrong: '#838c9c',
  ink: '#11151e',
  quiet: '#535c6d',
  accent: '#1d5bd0',
  onAccent: '#ffffff',
  mark: '#cadcff',
  ok: '#0b7547',
  attention: '#8f5400',
  danger: '#bd2430',
  info: '#0a6582',
  idle: '#626b7b',
  domains: ['#0a74b8', '#a86800', '#00805c', '#a8457c', '#7d7300', '#3f51c8', '#bf4a08', '#5d6675'],
}

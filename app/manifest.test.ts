import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dark } from '@/components/ui/colours'
import manifest from './manifest'

/** Width and height of a PNG, from its header (W3C PNG, 11.2.2). */
function pngSize(file: string): string {
  const bytes = readFileSync(file)
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`
}

describe('the manifest', () => {
  const described = manifest()
  const pictures = [...(described.icons ?? []), ...(described.screenshots ?? [])]
  it('names pictures that exist, in the size that it says', () => {
    expect(pictures.length).toBeGreaterThan(6)
    for (const { src, sizes } of pictures) {
      const file = join(process.cwd(), 'public', src)
      expect(existsSync(file), src).toBe(true)
      expect(pngSize(file), src).toBe(sizes)
    }
  })
  it('has what makes it installable, and the colours of the theme', () => {
    expect(described).toMatchObject({ id: '/', scope: '/', start_url: '/overview', display: 'standalone', theme_color: dark.ground })
    const purposes = (described.icons ?? []).map(({ purpose }) => String(purpose))
    expect(new Set(purposes)).toEqual(new Set(['any', 'maskable', 'monochrome']))
    expect(described.shortcuts?.map(({ name }) => name)).toEqual(['Ask', 'Knowledge', 'Graph'])
    expect(described.screenshots?.map(({ form_factor }) => form_factor)).toEqual(['wide', 'narrow'])
  })
})

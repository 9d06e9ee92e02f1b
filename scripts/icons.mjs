// node scripts/icons.mjs: draws the icons of the installed app from the mark (app/icon.svg) and keeps them as PNG. Run again when the mark changes.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumFlags, findChromium, missingChromium } from './chromium.mjs'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { projectDir } from './setup.mjs'

const mark = readFileSync(join(projectDir, 'app', 'icon.svg'), 'utf8')

/** Platforms cut a maskable icon to a circle of 80 % of its width: the ground fills the square, the mark stays inside. */
const maskable = mark.replace(/rx="6"/, '').replace(/(<g stroke=[\s\S]*<\/g>)/, '<g transform="translate(4.2 4.2) scale(.65)">$1</g>')
/** Of a monochrome icon only what is opaque counts, in a colour of the platform's. */
const monochrome = mark.replace(/<rect[^>]*\/>/, '').replace(/#06101f/g, '#fff')

const pictures = [
  { file: 'public/icons/icon-192.png', svg: mark, size: 192 },
  { file: 'public/icons/icon-512.png', svg: mark, size: 512 },
  { file: 'public/icons/maskable-192.png', svg: maskable, size: 192 },
  { file: 'public/icons/maskable-512.png', svg: maskable, size: 512 },
  { file: 'public/icons/monochrome-512.png', svg: monochrome, size: 512 },
  // iOS rounds the corners itself and shows what is transparent as black.
  { file: 'app/apple-icon.png', svg: maskable, size: 180 },
]

try {
  if (!findChromium()) throw new SetupFailure(`${missingChromium}.`)
  mkdirSync(join(projectDir, 'public', 'icons'), { recursive: true })
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  try {
    for (const { file, svg, size } of pictures) {
      const page = await browser.newPage({ viewport: { width: size, height: size } })
      await page.setContent(`<style>body{margin:0;background:none}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
      await page.screenshot({ path: join(projectDir, file), omitBackground: true })
      await page.close()
      console.log(`${file}  ${size}x${size}`)
    }
  } finally {
    await browser.close()
  }
} catch (error) {
  reportAndExit(error)
}

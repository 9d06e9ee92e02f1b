import type { MetadataRoute } from 'next'
import { dark } from '@/components/ui/colours'

/** The app as a device installs it (https://www.w3.org/TR/appmanifest/). Its pictures are made by scripts/icons.mjs and `npm run screens`. */
export default function manifest(): MetadataRoute.Manifest {
  const icon = (file: string, sizes: string, purpose: 'any' | 'maskable' | 'monochrome') => ({
    src: `/icons/${file}.png`,
    sizes,
    type: 'image/png',
    purpose: purpose as 'any',
  })
  const shortcut = (name: string, url: string, description: string) => ({
    name,
    url,
    description,
    icons: [{ src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' }],
  })
  return {
    id: '/',
    name: 'AIA',
    short_name: 'AIA',
    description: 'The control room for an enterprise’s knowledge and its AI agents',
    lang: 'en',
    dir: 'ltr',
    start_url: '/overview',
    scope: '/',
    display: 'standalone',
    theme_color: dark.ground,
    background_color: dark.ground,
    categories: ['business', 'productivity'],
    icons: [
      icon('icon-192', '192x192', 'any'),
      icon('icon-512', '512x512', 'any'),
      icon('maskable-192', '192x192', 'maskable'),
      icon('maskable-512', '512x512', 'maskable'),
      icon('monochrome-512', '512x512', 'monochrome'),
    ],
    screenshots: [
      { src: '/screenshots/wide.png', sizes: '1440x900', type: 'image/png', form_factor: 'wide', label: 'An answer with its sources' },
      { src: '/screenshots/narrow.png', sizes: '390x844', type: 'image/png', form_factor: 'narrow', label: 'An answer on a phone' },
    ],
    shortcuts: [
      shortcut('Ask', '/ask', 'Ask a question and get a cited answer'),
      shortcut('Knowledge', '/knowledge', 'Documents that were read'),
      shortcut('Graph', '/graph', 'The knowledge as a picture'),
    ],
    share_target: {
      action: '/share',
      method: 'POST',
      enctype: 'multipart/form-data',
      params: {
        title: 'title',
        text: 'text',
        url: 'url',
        files: [
          {
            name: 'file',
            accept: ['text/*', 'application/pdf', 'application/json', '.md', '.docx', '.csv', '.jsonl', '.html'],
          },
        ],
      },
    },
  }
}

// Makes the service worker of a build: compiles components/offline/service-worker.ts into public/sw.js with the list of files it keeps from the start.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { InjectManifest } from 'workbox-webpack-plugin'

/** Too heavy for everybody's first visit: kept once they were used. */
const heavy = /[\\/]node_modules[\\/](?:three|three-[\w-]+|@react-three|@pmndrs|@iwer|iwer|@webxr-input-profiles|pdfjs-dist|@mui[\\/]x-[\w-]+)[\\/]/
/** Of the fonts only the letters of the interface; others come when a text needs them. */
const isFirstFont = (name) => !/\.woff2?$/.test(name) || /-latin-(?:wght|standard)-normal/.test(name)

const firstFilesOf = new WeakMap()

/** The files that pages ask for before anything is done on them, without those that hold a heavy package. */
function firstFiles(compilation) {
  const known = firstFilesOf.get(compilation)
  if (known) return known
  const isHeavy = (module) => heavy.test(module.nameForCondition?.() ?? '') || (module.modules ?? []).some(isHeavy)
  const files = new Set()
  for (const entry of compilation.entrypoints.values()) {
    for (const chunk of entry.chunks) {
      if ([...compilation.chunkGraph.getChunkModulesIterable(chunk)].some(isHeavy)) continue
      for (const file of [...chunk.files, ...chunk.auxiliaryFiles]) files.add(file)
    }
  }
  firstFilesOf.set(compilation, files)
  return files
}

const isKept = ({ asset, compilation }) => {
  const { name } = asset
  return name.startsWith('static/') && !name.endsWith('.map') && isFirstFont(name) && firstFiles(compilation).has(name)
}

/** As the pages ask for them: Next writes the brackets of a dynamic segment escaped. */
const escaped = (entries) => ({
  manifest: entries.map((entry) => ({ ...entry, url: entry.url.replace(/[[\]]/g, encodeURIComponent) })),
  warnings: [],
})

/**
 * Adds the service worker to webpack's configuration of the pages. An earlier sw.js is removed first: a build that fails to make one must not
 * ship the old. While developing there is none.
 */
export function withServiceWorker(config, { dev, isServer, buildId, dir, webpack }) {
  if (isServer) return config
  config.plugins.push(new webpack.DefinePlugin({ AIA_BUILD: JSON.stringify(buildId) }))
  const destination = join(dir, 'public', 'sw.js')
  rmSync(destination, { force: true })
  if (dev) return config
  config.plugins.push(
    new InjectManifest({
      swSrc: join(dir, 'components', 'offline', 'service-worker.ts'),
      swDest: destination,
      include: [isKept],
      exclude: [],
      manifestTransforms: [escaped],
      // Their names hold a hash of the content.
      dontCacheBustURLsMatching: /\/_next\/static\//,
      maximumFileSizeToCacheInBytes: 3 * 2 ** 20,
    }),
  )
  return config
}

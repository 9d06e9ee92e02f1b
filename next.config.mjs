import { withServiceWorker } from './scripts/service-worker.mjs'

/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  // Or Next takes a folder above that holds a lock file for the root, and puts the server deeper than anybody looks for it.
  outputFileTracingRoot: import.meta.dirname,
  // `npm test` and the commit hook check types; the build of a user's first start need not do it again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // What a service worker may fetch is decided by the policy it came with; that of other files is none at all.
  headers: async () => [
    { source: '/sw.js', headers: [{ key: 'content-security-policy', value: "default-src 'none'; script-src 'self'; connect-src 'self'" }] },
  ],
  // wasm and packages that load files at run time must stay outside the bundle (docs/decisions/0002).
  serverExternalPackages: [
    '@electric-sql/pglite',
    '@dbos-inc/dbos-sdk',
    'pg',
    'pdfjs-dist',
    'mammoth',
    'yauzl',
    'pino',
    'undici',
    'oidc-provider',
    'ioredis',
  ],
  outputFileTracingIncludes: {
    '/**': [
      './drizzle/**/*',
      './node_modules/pdfjs-dist/{legacy/build,cmaps,standard_fonts}/**/*',
      // The thread of local models is a file that Node starts; its runtime is there where somebody has installed it (docs/decisions/0010).
      './server/neural/vectors/local-worker.mjs',
      './node_modules/@huggingface/tokenizers/{package.json,dist/tokenizers.mjs}',
      './node_modules/onnxruntime-web/{package.json,dist/ort.node.min.mjs,dist/ort-wasm-simd-threaded.mjs,dist/ort-wasm-simd-threaded.wasm}',
      './node_modules/onnxruntime-common/{package.json,dist/esm/**/*}',
    ],
  },
  outputFileTracingExcludes: { '/**': ['./.data/**/*', './e2e/**/*', './bench/**/*'] },
  webpack: (config, context) => {
    // @react-three/xr brings an emulator of headsets for development. AIA never starts it, so no build has it (docs/decisions/0032).
    config.plugins.push(new context.webpack.IgnorePlugin({ resourceRegExp: /^\.\/emulate\.js$/, contextRegExp: /@pmndrs[\\/]xr[\\/]dist$/ }))
    return withServiceWorker(config, context)
  },
}

/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  // Or Next takes a folder above that holds a lock file for the root, and puts the server deeper than anybody looks for it.
  outputFileTracingRoot: import.meta.dirname,
  // `npm test` and the commit hook check types; the build of a user's first start need not do it again.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
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
    'rate-limiter-flexible',
  ],
  outputFileTracingIncludes: { '/**': ['./drizzle/**/*', './node_modules/pdfjs-dist/{legacy/build,cmaps,standard_fonts}/**/*'] },
  outputFileTracingExcludes: { '/**': ['./.data/**/*', './e2e/**/*', './bench/**/*'] },
}

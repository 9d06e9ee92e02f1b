/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  poweredByHeader: false,
  reactStrictMode: true,
  // wasm and packages that load files at run time must stay outside the bundle (docs/decisions/0002).
  serverExternalPackages: ['@electric-sql/pglite', '@dbos-inc/dbos-sdk', 'pg', 'pdfjs-dist', 'mammoth', 'pino', 'undici'],
  outputFileTracingIncludes: { '/**': ['./drizzle/**/*', './node_modules/pdfjs-dist/legacy/build/**/*'] },
  outputFileTracingExcludes: { '/**': ['./.data/**/*', './e2e/**/*', './bench/**/*'] },
}

// The table "from | may import" of the architecture (docs/decisions/0001-foundation.md), as rules.
// `npm test` runs it through scripts/architecture.mjs, which also fails when a file of the tree was not seen.
const modules = '(?:neural|auth|audit|jobs|privacy|enterprise|marketplace|payments|compliance|analytics|events|exports|webhooks)'
const tests = '\\.(?:test|fixture)\\.tsx?$'
// Pure code that runs wherever it is wanted: it verifies an audit log, lays out a graph.
const anywhere = '^server/(?:crypto/transparency/|neural/graph/layout/|neural/ranking/random\\.ts$)'
const ports = '^server/(?:storage/[^/]+|jobs)/port\\.ts$'

// The adapter of the jobs port: it reaches the databases as they are.
const engine = '^server/jobs/(?:dbos|lease|pglite-pool)\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'What imports itself cannot be read from one end. A port and what it hands out may name each other’s types.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing uses it: delete it.',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', tests, '^(?:app|scripts|bench|e2e|drizzle)/', '\\.config\\.(?:ts|mjs)$', '^proxy\\.ts$'] },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-packages',
      severity: 'error',
      comment: 'A package that package.json does not name may vanish with the next update.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-at-run-time',
      severity: 'error',
      from: { path: '^(?:app|components|server)/', pathNot: [tests, '^server/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: ['node_modules/@types/'] },
    },
    {
      name: 'app-is-thin',
      severity: 'error',
      comment: 'app translates: it calls server/api or server/runtime, never what is behind them.',
      from: { path: '^(?:app/|proxy\\.ts|instrumentation)', pathNot: tests },
      to: { path: '^server/', pathNot: ['^server/(?:api|runtime|worker|documents)\\.ts$', `^server/${modules}/contract\\.ts$`] },
    },
    {
      name: 'components-run-in-the-browser',
      severity: 'error',
      comment:
        'Components see the server as types; only pure code may be values. Schemas stay there: their library tries eval, which our policy forbids.',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^server/', pathNot: [anywhere], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'components-know-only-the-api',
      severity: 'error',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^server/', pathNot: [`^server/${modules}/contract\\.ts$`, anywhere, '^server/api\\.ts$'] },
    },
    { name: 'components-do-not-know-pages', severity: 'error', from: { path: '^components/' }, to: { path: '^app/' } },
    {
      name: 'server-does-not-know-the-interface',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(?:app|components|e2e|scripts|bench)/' },
    },
    {
      name: 'contracts-are-plain',
      severity: 'error',
      comment: 'The browser gets them: schemas and nothing that runs on the server.',
      from: { path: '/contract\\.ts$' },
      to: { pathNot: ['/contract\\.ts$', 'node_modules/zod/'] },
    },
    {
      name: 'modules-meet-at-their-index',
      severity: 'error',
      comment: 'A module: its own files, gateway, crypto, ports, row policies, another module’s index. Tables may reference tables.',
      from: { path: `^server/(${modules})/`, pathNot: [tests, engine] },
      to: {
        path: '^server/',
        pathNot: [
          '^server/$1/',
          '^server/gateway/',
          '^server/crypto/',
          ports,
          '^server/storage/database/policies\\.ts$',
          `^server/${modules}/(?:index|tables|contract)\\.ts$`,
        ],
      },
    },
    {
      name: 'only-tables-reference-foreign-tables',
      severity: 'error',
      from: { path: `^server/(${modules})/`, pathNot: [tests, '/tables\\.ts$'] },
      to: { path: `^server/${modules}/tables\\.ts$`, pathNot: '^server/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'adapters-know-ports-and-tables',
      severity: 'error',
      from: { path: '^server/storage/([^/]+)/', pathNot: tests },
      to: {
        path: '^server/',
        pathNot: ['^server/storage/$1/', ports, '^server/storage/database/policies\\.ts$', '^server/(?:storage/)?[^/]+/tables\\.ts$'],
      },
    },
    {
      name: 'gateway-knows-no-module',
      severity: 'error',
      comment: 'It stands before every operation, so it must not depend on one; what it needs is given to it by the composition root.',
      from: { path: '^server/gateway/', pathNot: tests },
      to: {
        path: '^server/',
        pathNot: [
          '^server/(?:gateway|crypto)/',
          '^server/env\\.ts$',
          ports,
          '^server/storage/database/policies\\.ts$',
          `^server/${modules}/(?:index|tables)\\.ts$`,
        ],
      },
    },
    {
      name: 'crypto-stands-alone',
      severity: 'error',
      from: { path: '^server/crypto/', pathNot: tests },
      to: { path: '^server/', pathNot: ['^server/crypto/', ports, '^server/storage/database/policies\\.ts$'] },
    },
    {
      name: 'pure-code-runs-anywhere',
      severity: 'error',
      comment: 'A log is verified, and a graph laid out, by the same code in the browser, on the command line and in the server.',
      from: { path: anywhere, pathNot: tests },
      to: { pathNot: [anywhere, 'node_modules/@noble/'] },
    },
    {
      name: 'environment-is-read-once',
      severity: 'error',
      from: { path: '^(?:app|components|server)/', pathNot: [tests, '^server/(?:runtime|worker)\\.ts$', '^server/testing/'] },
      to: { path: '^server/env\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'test-material-stays-in-tests',
      severity: 'error',
      from: { path: '^(?:app|components|server|scripts)/', pathNot: [tests, '^server/testing/'] },
      to: { path: '^server/testing/|\\.(?:test|fixture)\\.tsx?$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:\\.next|public/vendor|\\.data)/|next-env\\.d\\.ts$' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
    skipAnalysisNotInRules: false,
  },
}

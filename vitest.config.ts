import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['{server,app,components,scripts,bench}/**/*.test.{ts,tsx,mjs}'],
    globalSetup: ['./server/testing/template.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: many tests wait for other processes.
    maxWorkers: 3,
    // Against what hangs; a busy machine takes several times what a quiet one does.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000 } },
  },
})

import { defineConfig } from '@playwright/test'
import { chromiumFlags, findChromium } from './scripts/chromium.mjs'

/** Everything runs against one standalone server that e2e/server.ts starts on a free port with a fresh data folder. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/server.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // Against what hangs; a busy machine without a graphics card takes several times what a quiet one does.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'dark',
    reducedMotion: 'reduce',
    // Every test has a browser of its own, which would keep 2 MB first; e2e/offline.spec.ts allows them.
    serviceWorkers: 'block',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: findChromium() ?? undefined, args: chromiumFlags },
  },
})

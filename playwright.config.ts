import { defineConfig } from '@playwright/test';
import { findBrowser } from './tools/browser.ts';

const browser = await findBrowser();

// One application on free ports for all stories; they run one after the other because they share its demo project.
export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/support/app.ts',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/browser.json' }],
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
    launchOptions: { executablePath: browser.executablePath, args: browser.args },
  },
});

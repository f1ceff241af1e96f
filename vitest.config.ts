import { defineConfig } from 'vitest/config';

// Unit tests run without a database and in parallel; integration tests share one embedded Postgres
// (a database each file) and run one file after the other so that timings are not each other's noise.
export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/postgres.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

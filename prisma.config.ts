import { defineConfig } from 'prisma/config';

const executor = [
  'chunk',
  'run_node',
  'ledger_entry',
  'request_window',
  'worker',
  'policy_slot',
  'policy_pace',
  'breaker',
];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Hand-made tables that Prisma must leave alone.
  experimental: { externalTables: true },
  tables: { external: executor.map((table) => `public.${table}`) },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://127.0.0.1/hookline' },
});

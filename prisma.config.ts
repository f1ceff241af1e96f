import { defineConfig } from 'prisma/config';

const handMade = [
  'chunk',
  'run_node',
  'ledger_entry',
  'request_window',
  'campaign_event',
  'worker',
  'policy_slot',
  'policy_pace',
  'breaker',
  'replay',
  'deletion',
  'deletion_customer',
  'merged_customer',
];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Hand-made tables that Prisma must leave alone.
  experimental: { externalTables: true },
  tables: { external: handMade.map((table) => `public.${table}`) },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://127.0.0.1/hookline' },
});

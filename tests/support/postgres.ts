import fs from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../tools/migrate.ts';
import { startPostgres } from '../../tools/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server with a migrated database `hookline_template`; each test file copies it. */
    postgresUrl: string;
  }
}

/** Global set-up of the integration tests: one throw-away server for all files. */
export default async function startServer(project: TestProject): Promise<() => void> {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-tests-'));
  fs.chmodSync(folder, 0o755);
  const server = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  const template = new URL(server.url);
  template.pathname = '/hookline_template';
  await migrate(template.toString());
  project.provide('postgresUrl', server.url);
  return () => {
    server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

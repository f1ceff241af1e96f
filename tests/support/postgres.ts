import fs from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../tools/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the maintenance database of the tests' own server. */
    postgres: string;
  }
}

/** Global set-up of the integration tests: one embedded PostgreSQL in a folder that is thrown away afterwards. */
export default async function startTestPostgres(project: TestProject): Promise<() => void> {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-test-'));
  fs.chmodSync(folder, 0o755);
  const server = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  project.provide('postgres', server.url);
  return () => {
    server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

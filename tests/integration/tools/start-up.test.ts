import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, expect, inject, it } from 'vitest';
import { migrate } from '../../../tools/migrate.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const folder = fs.mkdtempSync('/var/tmp/hookline-start-');
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Runs `npm start`'s script until it ends by itself; what it says is one text. */
function start(env: Record<string, string>): { status: number | null; said: string } {
  const { DATABASE_URL: _, ...rest } = process.env;
  const result = spawnSync(process.execPath, [path.join(ROOT, 'tools/start.ts')], {
    env: { ...rest, NODE_ENV: 'production', PORT: '0', HOOKLINE_DATA: path.join(folder, 'data'), ...env } as never,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: result.status, said: `${result.stdout}${result.stderr}` };
}

const sentences = (said: string) => said.split('\n').filter((line) => /[.;]$/.test(line.trim()));

it('a port in use is told in one sentence', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const { status, said } = start({ PORT: String(port) });
  server.close();
  expect(status).toBe(1);
  expect(sentences(said)).toEqual([
    `Port ${port} of 127.0.0.1 is in use; stop what listens there or set PORT to another.`,
  ]);
});

it('a data folder that cannot be written is told in one sentence', () => {
  const file = path.join(folder, 'a-file');
  fs.writeFileSync(file, '');
  const { status, said } = start({ HOOKLINE_DATA: path.join(file, 'data') });
  expect(status).toBe(1);
  expect(said).not.toContain('    at ');
  expect(sentences(said)).toEqual([
    `The data folder ${file}/data cannot be written (ENOTDIR); make it writable or set HOOKLINE_DATA to another folder.`,
  ]);
});

it('a data folder of another PostgreSQL is told in one sentence', () => {
  const data = path.join(folder, 'newer');
  fs.mkdirSync(path.join(data, 'postgres'), { recursive: true });
  fs.chmodSync(folder, 0o755);
  fs.writeFileSync(path.join(data, 'postgres/PG_VERSION'), '99\n');
  const { status, said } = start({ HOOKLINE_DATA: data });
  expect(status).toBe(1);
  expect(said).toContain('was made by PostgreSQL 99');
  expect(said).not.toContain('    at ');
});

it('a database of a newer Hookline is refused and left as it is', async () => {
  const url = new URL(inject('postgres'));
  url.pathname = '/newer_version';
  await migrate(url.toString());
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  await client.query(
    "INSERT INTO _prisma_migrations(id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29990101000000_future', now())",
  );
  await expect(migrate(url.toString())).rejects.toThrow(
    'The database was made by a newer Hookline (it has the migration 29990101000000_future); start that version, or use another data folder.',
  );
  await client.end();
});

it('a database that does not answer is told with its address and the variable to check', () => {
  const { status, said } = start({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' });
  expect(status).toBe(1);
  expect(said).toContain('The database at 127.0.0.1:1/nothing cannot be reached');
  expect(said).toContain('check DATABASE_URL.');
});

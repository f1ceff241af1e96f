// Applies prisma/migrations to a database and records them exactly as `prisma migrate deploy` does, without its engine
// (which must be downloaded). Run by hand: npm run db:deploy
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { StartupError } from './postgres.ts';

const FOLDER = path.join(import.meta.dirname, '../prisma/migrations');
/** The advisory lock that Prisma Migrate itself takes. */
const LOCK = 72707369;

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

/**
 * Creates the database when it is missing and brings its schema up to date; safe to run from several processes at once.
 * @returns how many migrations were applied now
 * @throws StartupError when the database holds migrations that this version does not know, or an earlier one failed
 */
export async function migrate(databaseUrl: string): Promise<number> {
  const client = await connectOrCreate(databaseUrl);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
      logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
    const { rows } = await client.query<Applied>('SELECT * FROM _prisma_migrations WHERE rolled_back_at IS NULL');
    const names = fs
      .readdirSync(FOLDER)
      .filter((name) => fs.existsSync(path.join(FOLDER, name, 'migration.sql')))
      .sort();
    refuseUnknown(rows, names);
    let count = 0;
    for (const name of names) if (await applyOne(client, name, rows)) count++;
    return count;
  } finally {
    await client.end();
  }
}

function refuseUnknown(rows: Applied[], names: string[]): void {
  const failed = rows.find((row) => !row.finished_at);
  if (failed)
    throw new StartupError(
      `The migration ${failed.migration_name} failed earlier: ${failed.logs ?? 'no reason recorded'}`,
    );
  const newer = rows.find((row) => !names.includes(row.migration_name));
  if (newer)
    throw new StartupError(
      `The database was made by a newer Hookline (it has the migration ${newer.migration_name}); start that version, or use another data folder.`,
    );
}

async function applyOne(client: pg.Client, name: string, rows: Applied[]): Promise<boolean> {
  const sql = fs.readFileSync(path.join(FOLDER, name, 'migration.sql'), 'utf8');
  const checksum = crypto.createHash('sha256').update(sql).digest('hex');
  const done = rows.find((row) => row.migration_name === name);
  if (done && done.checksum !== checksum)
    throw new StartupError(`The migration ${name} was changed after it had been applied to this database.`);
  if (done) return false;
  const id = crypto.randomUUID();
  await client.query('INSERT INTO _prisma_migrations(id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query(sql);
  } catch (error) {
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)]);
    throw error;
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
  return true;
}

async function connectOrCreate(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    return client;
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw unreachable(databaseUrl, error as Error);
  }
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.toString() });
  await admin.connect();
  // Two processes may find it missing at the same moment: the loser's "already exists" (42P04) is success.
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).catch((error: { code?: string }) => {
    if (error.code !== '42P04') throw error;
  });
  await admin.end();
  const created = new pg.Client({ connectionString: databaseUrl });
  await created.connect();
  return created;
}

function unreachable(databaseUrl: string, cause: Error): StartupError {
  const { host, pathname } = new URL(databaseUrl);
  return new StartupError(
    `The database at ${host}${pathname} cannot be reached (${cause.message}); check DATABASE_URL.`,
  );
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL;
  if (!url) throw new StartupError('Set DATABASE_URL to the database to migrate.');
  console.log(`applied ${await migrate(url)} migrations`);
}

// The line-up: small runs with broken engines, several at a time, each in processes and a database of its own. The harness
// must report what each of them breaks, and nothing of the sound one.
import { spawn } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { migrate } from '../migrate.ts';
import type { Violation } from './evidence.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

export interface Suspect {
  /** "sound" is the engine as it is. */
  name: string;
  invariant: string | null;
  isCaught: boolean;
  violations: Violation[];
  /** Why there is no report. */
  error: string | null;
  seconds: number;
}

/** The engine as it is, which must not be reported. */
const SOUND = { name: 'sound', invariant: null };

/**
 * Runs the sound engine and these mutants.
 * @param serverUrl any database of the server on which each gets one of its own
 * @param atOnce how many at a time
 */
export async function lineUp(
  serverUrl: string,
  mutants: readonly Mutant[] = MUTANTS,
  atOnce = 4,
  say: (suspect: Suspect) => void = () => {},
): Promise<Suspect[]> {
  const template = databaseOf(serverUrl, 'template');
  await migrate(template.toString());
  const waiting: Pick<Suspect, 'name' | 'invariant'>[] = [SOUND, ...mutants];
  const seen: Suspect[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const suspect = await play(next, serverUrl);
        say(suspect);
        seen.push(suspect);
      }
    }),
  );
  return seen;
}

async function play({ name, invariant }: Pick<Suspect, 'name' | 'invariant'>, serverUrl: string): Promise<Suspect> {
  const started = performance.now();
  const url = await copyOf(databaseOf(serverUrl, 'template'), databaseOf(serverUrl, name));
  const { code, out, err } = await output({
    DATABASE_URL: url.toString(),
    HOOKLINE_MUTANT: invariant === null ? '' : name,
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  if (code !== 0) return { name, invariant, isCaught: false, violations: [], error: err.trim().slice(-2000), seconds };
  const { violations } = JSON.parse(out) as { violations: Violation[] };
  const isCaught =
    invariant === null ? violations.length === 0 : violations.some((one) => one.invariant.startsWith(`${invariant} `));
  return { name, invariant, isCaught, violations, error: null, seconds };
}

function databaseOf(serverUrl: string, name: string): URL {
  const url = new URL(serverUrl);
  url.pathname = `/lineup_${name.replaceAll('-', '_')}_${process.pid}`;
  return url;
}

/** A database with the schema of another, which nobody is connected to. */
async function copyOf(template: URL, made: URL): Promise<URL> {
  const server = new URL(template);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.toString() });
  await client.connect();
  try {
    const [to, from] = [made, template].map(({ pathname }) => pg.escapeIdentifier(pathname.slice(1)));
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
  } finally {
    await client.end();
  }
  return made;
}

function output(env: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    ['--import', path.join(import.meta.dirname, 'mutate.ts'), path.join(import.meta.dirname, 'play-small.ts')],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (part) => {
    out += part;
  });
  child.stderr.on('data', (part) => {
    err += part;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

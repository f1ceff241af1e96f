// What `npm start`, `npm run dev`, `npm run demo` and the browser tests share: the data folder with its keys, the database,
// and child processes that never outlive us.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { migrate } from './migrate.ts';
import { freePort, listens, StartupError, serverAccount, startPostgres } from './postgres.ts';

export const ROOT = path.join(import.meta.dirname, '..');

/** The folder that holds the embedded database and the keys. `HOOKLINE_DATA` or `.data/` of the checkout. */
export function dataFolder(): string {
  return path.resolve(process.env.HOOKLINE_DATA ?? path.join(ROOT, '.data'));
}

/**
 * The keys of this installation, made on the first start and kept with mode 600; variables that are set win.
 * @returns the variables for child processes, and the file when it was made just now
 */
export function installationKeys(folder: string): { keys: Record<string, string>; made: string | null } {
  const file = path.join(folder, 'keys.json');
  const given = pick(process.env, ['ENCRYPTION_KEY', 'NEXTAUTH_SECRET']);
  if (Object.keys(given).length === 2) return { keys: given, made: null };
  let made: string | null = null;
  if (!fs.existsSync(file)) {
    const fresh = () => crypto.randomBytes(32).toString('base64');
    writable(folder, () =>
      fs.writeFileSync(file, JSON.stringify({ ENCRYPTION_KEY: fresh(), NEXTAUTH_SECRET: fresh() }, null, 2), {
        mode: 0o600,
      }),
    );
    made = file;
  }
  return { keys: { ...(JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>), ...given }, made };
}

const pick = (source: Record<string, string | undefined>, names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));

/** Makes the folder and runs a write in it; a refusal becomes one sentence. */
function writable(folder: string, write: () => void): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    write();
  } catch (error) {
    throw new StartupError(
      `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); make it writable or set HOOKLINE_DATA to another folder.`,
    );
  }
}

export interface Database {
  url: string;
  embedded: boolean;
  joined: boolean;
  migrations: number;
  stop(): void;
}

/** The database of `DATABASE_URL`, or the embedded one of the data folder, with its schema up to date. */
export async function openDatabase(
  folder: string,
  options: { durable?: boolean; name?: string } = {},
): Promise<Database> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, embedded: false, joined: false, migrations: await migrate(given), stop() {} };
  const server = await startPostgres({ dataDir: clusterFolder(folder), durable: options.durable });
  const url = new URL(server.url);
  url.pathname = `/${options.name ?? 'hookline'}`;
  try {
    const migrations = await migrate(url.toString());
    return { url: url.toString(), embedded: true, joined: server.joined, migrations, stop: server.stop };
  } catch (error) {
    server.stop();
    throw error;
  }
}

/** Below a folder that the server's account cannot enter (a checkout of root's own), the cluster lives in /var/tmp. */
function clusterFolder(folder: string): string {
  const wanted = path.join(folder, 'postgres');
  const account = serverAccount();
  if (account.uid === undefined) return wanted;
  writable(folder, () => {});
  if (spawnSync('/usr/bin/test', ['-x', folder], account).status === 0) return wanted;
  return path.join(
    '/var/tmp',
    `hookline-${crypto.createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
    'postgres',
  );
}

/** A port kept in the data folder from the first start on, because addresses with it are stored in scenarios. */
export async function keptPort(folder: string, name: string, preferred: number): Promise<number> {
  const file = path.join(folder, `${name}-port`);
  if (fs.existsSync(file)) return Number(fs.readFileSync(file, 'utf8'));
  const port = (await listens(preferred)) ? await freePort() : preferred;
  writable(folder, () => fs.writeFileSync(file, String(port)));
  return port;
}

/**
 * How Node runs a worker (`npm run start:worker` says the same): no code from strings; a small young generation, and an old
 * one that is cleaned as soon as it has doubled, which holds a worker to some 200 MB and costs nothing that can be measured.
 */
export const WORKER_NODE_ARGS = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=100',
  '--disallow-code-generation-from-strings',
];

export interface Child {
  name: string;
  process: ChildProcess;
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | string>;
  /** Asks it to stop (SIGTERM), and insists (SIGKILL) after `patienceMs`. */
  stop(patienceMs?: number): Promise<void>;
}

/**
 * Starts one of our processes on this Node and waits until it says that it is ready (`process.send('ready')`).
 * The child leads a process group of its own, so a Ctrl-C reaches it only through us; it exits when we are gone.
 * @throws StartupError when it ends before it is ready, with the last line that it wrote
 */
export async function startChild(
  name: string,
  script: string,
  env: Record<string, string>,
  options: { nodeArgs?: string[]; args?: string[]; quiet?: boolean; readyMs?: number } = {},
): Promise<Child> {
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), path.join(ROOT, script), ...(options.args ?? [])],
    {
      cwd: ROOT,
      env: { ...process.env, ...env, HOOKLINE_PROCESS: name },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  );
  let last = '';
  const show = (chunk: Buffer) => {
    last = chunk.toString().trim().split('\n').at(-1) ?? last;
    if (!options.quiet) process.stderr.write(chunk);
  };
  child.stdout!.on('data', show);
  child.stderr!.on('data', show);
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)),
  );
  const stop = async (patienceMs = 30_000) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await ended;
    clearTimeout(timer);
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new StartupError(`${name} did not get ready: ${last}`));
    }, options.readyMs ?? 120_000);
    child.on('message', (message) => {
      if (message !== 'ready') return;
      clearTimeout(timer);
      resolve();
    });
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new StartupError(last || `${name} ended at once (${code}).`));
    });
  });
  return { name, process: child, ended, stop };
}

/** In a child: tells the parent that we are ready, stops on SIGTERM and SIGINT, and when the parent is gone. */
export function serveUntilStopped(stop: () => Promise<void>): void {
  let stopping = false;
  const end = () => {
    if (stopping) return process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (process.send) {
    process.on('disconnect', end);
    process.send('ready');
  }
}

/** Runs the main function of a tool; a StartupError is one sentence, anything else is a stack trace. */
export async function run(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const plain = error instanceof StartupError || (error as Error)?.name === 'EnvironmentError';
    console.error(plain ? `\n${(error as Error).message}\n` : error);
    process.exit(1);
  }
}

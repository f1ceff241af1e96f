// The workers of a run under faults, and what is done to them and to their database.
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '../lib/db/index.ts';
import { type Child, startChild } from './stack.ts';

/** Every connection of a worker carries this name, so that all of them can be cut. */
const NAME = 'hookline worker';

function named(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', NAME);
  return url.toString();
}

/** Worker processes; one that ends without having been asked to is a fault of ours. */
export class Workers {
  private readonly url: string;
  readonly children: Child[] = [];
  private readonly expected = new Set<Child>();
  private fail!: (error: Error) => void;
  /** Rejects when a worker ends by itself. */
  readonly broken = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(url: string) {
    this.url = url;
    // Whoever waits hears of it; while nobody does, it is not to end this process.
    this.broken.catch(() => {});
  }

  async start(place: number): Promise<void> {
    const child = await startChild(
      'worker',
      'tools/start-worker.ts',
      {
        DATABASE_URL: named(process.env.DATABASE_URL!),
        EGRESS_ALLOW: new URL(this.url).host,
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
      },
      { nodeArgs: ['--max-semi-space-size=8', '--disallow-code-generation-from-strings'], quiet: true },
    );
    let last = '';
    for (const stream of [child.process.stdout!, child.process.stderr!])
      stream.on('data', (chunk: Buffer) => {
        last = `${last}${chunk}`.slice(-2000);
      });
    this.children[place] = child;
    void child.ended.then((code) => {
      if (!this.expected.has(child)) this.fail(new Error(`a worker ended by itself (${code}):\n${last.trim()}`));
    });
  }

  /** Ends one, by force or in order, and starts another in its place, however long the database takes to be back. */
  async replace(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.children[place]!;
    this.expected.add(child);
    if (signal === 'SIGKILL') child.process.kill('SIGKILL');
    else await child.stop();
    await child.ended;
    await retried(() => this.start(place));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map((child) => {
        this.expected.add(child);
        child.process.kill('SIGCONT');
        return child.stop(2000);
      }),
    );
  }
}

export type Fault = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'connections' | 'database';
/** Kills most often; a crash of the database is the rarest. */
export const TURNS: readonly Fault[] = [
  'SIGKILL',
  'SIGKILL',
  'SIGSTOP',
  'SIGKILL',
  'connections',
  'SIGKILL',
  'SIGTERM',
  'SIGKILL',
  'SIGKILL',
  'database',
];

/** Does it, and repairs what the workers cannot repair themselves. */
export async function inflict(kind: Fault, workers: Workers, place: number): Promise<void> {
  if (kind === 'SIGKILL' || kind === 'SIGTERM') return workers.replace(place, kind);
  if (kind === 'SIGSTOP') {
    const { process: child } = workers.children[place]!;
    child.kill('SIGSTOP');
    await sleep(3000);
    child.kill('SIGCONT');
  } else if (kind === 'connections') {
    await retried(() =>
      pool().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${NAME}' AND datname = current_database()`,
      ),
    );
  } else {
    // One backend killed makes the server drop every connection and recover from its log, as after a crash.
    await retried(async () => {
      const { rows } = await pool().query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
          WHERE application_name = '${NAME}' AND datname = current_database() AND state = 'idle' LIMIT 1`,
      );
      if (!rows[0]) throw new Error('no worker is connected');
      process.kill(rows[0].pid, 'SIGKILL');
    });
    await sleep(500);
  }
}

/** While the database recovers, asking and starting fail; that is no fault of the run. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 60) throw error;
      await sleep(500);
    }
  }
}

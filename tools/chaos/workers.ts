// The workers of a run under faults: started, found in the database, and watched for a secret that should be nowhere.
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '../../lib/db/index.ts';
import { type Child, startChild, WORKER_NODE_ARGS } from '../stack.ts';

/** Every connection of a worker carries this name, so that all of them can be cut. */
export const NAME = 'hookline worker';

function named(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('application_name', NAME);
  return url.toString();
}

export interface WorkersOptions {
  databaseUrl: string;
  /** Where they may send to. */
  url: string;
  /** The secret that they must not tell. */
  canary: string;
  /** Further arguments of Node. */
  nodeArgs: readonly string[];
}

/** Worker processes; one that ends without having been asked to is a fault of ours. */
export class Workers {
  private readonly options: WorkersOptions;
  readonly children: Child[] = [];
  /** Whether anything that a worker wrote has the secret in it. */
  leaks = false;
  private readonly expected = new Set<Child>();
  private fail!: (error: Error) => void;
  /** Rejects when a worker ends by itself. */
  readonly broken = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(options: WorkersOptions) {
    this.options = options;
    // Whoever waits hears of it; while nobody does, it is not to end this process.
    this.broken.catch(() => {});
  }

  async start(place: number): Promise<void> {
    const { databaseUrl, url, canary, nodeArgs } = this.options;
    const child = await startChild(
      'worker',
      'tools/start-worker.ts',
      {
        DATABASE_URL: named(databaseUrl),
        EGRESS_ALLOW: new URL(url).host,
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'debug',
      },
      {
        nodeArgs: [...WORKER_NODE_ARGS, ...nodeArgs],
        quiet: true,
      },
    );
    let last = '';
    for (const stream of [child.process.stdout!, child.process.stderr!])
      stream.on('data', (chunk: Buffer) => {
        const seen = `${last}${chunk}`;
        if (seen.includes(canary)) this.leaks = true;
        last = seen.slice(-2000);
      });
    this.children[place] = child;
    void child.ended.then((code) => {
      if (!this.expected.has(child)) this.fail(new Error(`a worker ended by itself (${code}):\n${last.trim()}`));
    });
  }

  /** Numbers of the sessions of a worker's process. */
  async sessionsOf(place: number): Promise<number[]> {
    const { rows } = await retried(() =>
      pool().query<{ id: number }>('SELECT id FROM worker WHERE pid = $1', [this.children[place]!.process.pid]),
    );
    return rows.map(({ id }) => id);
  }

  /** Ends one, by force or in order. @returns how it ended */
  async end(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string> {
    const child = this.children[place]!;
    this.expected.add(child);
    if (signal === 'SIGKILL') child.process.kill('SIGKILL');
    else await child.stop();
    return child.ended;
  }

  signal(place: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.children[place]!.process.kill(signal);
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

/** While the database recovers, asking and starting fail; that is no fault of the run. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 120) throw error;
      await sleep(250);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '../log.ts';
import { Engine } from './engine.ts';
import { boss } from './jobs.ts';

export interface Worker {
  /** "drain" finishes what is in flight; "now" gives it up, and a peer or the next start takes it over. */
  stop(mode?: 'drain' | 'now'): Promise<void>;
}

const RESTART_MS = [200, 500, 1000, 2000, 5000];

/**
 * Starts one worker of this process. When it loses its connection, and with it the lock that says that it lives, whatever
 * it knew is dropped and it begins anew under another number, as often as it takes.
 * @throws when the database cannot be reached at the start
 */
export async function startWorker({ databaseUrl }: { databaseUrl: string }): Promise<Worker> {
  process.env.DATABASE_URL = databaseUrl;
  await boss();
  let stopping = false;
  let engine: Engine | null = await Engine.start(databaseUrl, beginAnew);

  async function beginAnew(cause: Error): Promise<void> {
    log.error({ error: cause.message }, 'the worker lost its session and begins anew');
    await engine?.stop('now');
    const before = engine?.id;
    engine = null;
    for (let attempt = 0; !stopping && engine === null; attempt++) {
      try {
        engine = await Engine.start(databaseUrl, beginAnew, before);
      } catch (error) {
        log.warn({ error: (error as Error).message }, 'the database cannot be reached');
        await sleep(RESTART_MS[Math.min(attempt, RESTART_MS.length - 1)]!);
      }
    }
  }

  return {
    async stop(mode = 'drain') {
      stopping = true;
      await engine?.stop(mode);
    },
  };
}

import { afterAll, afterEach } from 'vitest';
import { startChild } from '../../tools/stack.ts';

export interface WorkerProcess {
  pid: number;
  /** SIGKILL: no last words. */
  kill(): void;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  ended: Promise<number | string>;
}

/** A worker of its own process on this file's database. @param databaseUrl another way to it */
export async function startWorkerProcess(databaseUrl = process.env.DATABASE_URL!): Promise<WorkerProcess> {
  const child = await startChild(
    'worker',
    'tools/start-worker.ts',
    {
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEY: process.env.ENCRYPTION_KEY!,
      EGRESS_ALLOW: process.env.EGRESS_ALLOW!,
      LOG_LEVEL: process.env.WORKER_LOG ?? 'error',
    },
    { nodeArgs: ['--disallow-code-generation-from-strings'] },
  );
  return {
    pid: child.process.pid!,
    kill: () => child.process.kill('SIGKILL'),
    signal: (name) => child.process.kill(name),
    stop: () => child.stop(),
    ended: child.ended,
  };
}

/** Worker processes of the tests of this file; what a test started is stopped after it. */
export function withWorkerProcesses() {
  const running: WorkerProcess[] = [];
  const stopAll = async () => {
    await Promise.all(running.splice(0).map((worker) => worker.stop()));
  };
  afterEach(stopAll);
  afterAll(stopAll);
  return {
    running,
    stopAll,
    async start(count: number): Promise<void> {
      for (let i = 0; i < count; i++) running.push(await startWorkerProcess());
    },
  };
}

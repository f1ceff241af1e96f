// One worker process of the executor. Any number of them, on any number of machines, share one database.

import { startWorker } from '../lib/engine/index.ts';
import { env } from '../lib/env.ts';
import { keepDeleting } from '../lib/services/customer-erase-job.ts';
import { run, serveUntilStopped } from './stack.ts';

await run(async () => {
  const worker = await startWorker({ databaseUrl: env().DATABASE_URL });
  const stopDeleting = keepDeleting();
  serveUntilStopped(() => {
    stopDeleting();
    return worker.stop('drain');
  });
});

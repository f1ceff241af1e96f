// The rehearsal target: the built-in third party for demos and tests. REHEARSAL_PORT and REHEARSAL_HOST say where.
import { startRehearsal } from '../lib/rehearsal/index.ts';
import { run, serveUntilStopped } from './stack.ts';

await run(async () => {
  const port = Number(process.env.REHEARSAL_PORT ?? 3001);
  const server = await startRehearsal({ port, host: process.env.REHEARSAL_HOST ?? '127.0.0.1' });
  serveUntilStopped(() => server.close());
});

// npm start: brings up the database, the schema, the demo project, the rehearsal target, a worker and the web app,
// prints where to sign in, and takes everything down in order on Ctrl-C.
import pc from 'picocolors';
import { newSignInLink, seedDemo } from '../prisma/seed.ts';
import { buildIfStale } from './build.ts';
import { listens, StartupError } from './postgres.ts';
import {
  type Child,
  dataFolder,
  installationKeys,
  keptPort,
  openDatabase,
  run,
  startChild,
  WORKER_NODE_ARGS,
} from './stack.ts';

const dev = process.argv.includes('--dev');

/** Prints a step and how long it took. */
async function step<T>(label: string, work: () => T | Promise<T>, told?: (value: T) => string): Promise<T> {
  const started = Date.now();
  process.stdout.write(`  ${label.padEnd(18)}`);
  const value = await work();
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  process.stdout.write(`${pc.green('✓')} ${told?.(value) ?? ''} ${pc.dim(seconds)}\n`);
  return value;
}

await run(async () => {
  const port = Number(process.env.PORT ?? 3000);
  const host = process.env.HOST ?? '127.0.0.1';
  console.log(`\n${pc.bold('Hookline')}${dev ? ' (development)' : ''}\n`);
  if (await listens(port, host === '0.0.0.0' ? '127.0.0.1' : host))
    throw new StartupError(`Port ${port} of ${host} is in use; stop what listens there or set PORT to another.`);

  const running: { name: string; stop(): unknown }[] = [];
  const stopAll = async () => {
    for (const part of running.reverse()) {
      process.stdout.write(`  stopping ${part.name} …\n`);
      await part.stop();
    }
  };
  let stopping = false;
  const onSignal = () => {
    if (stopping) return;
    stopping = true;
    console.log('');
    void stopAll().then(() => process.exit(0));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);

  try {
    await bringUp(running, { port, host });
  } catch (error) {
    if (stopping) return;
    console.log('');
    await stopAll();
    throw error;
  }
});

async function bringUp(
  running: { name: string; stop(): unknown }[],
  { port, host }: { port: number; host: string },
): Promise<void> {
  const folder = dataFolder();
  const { keys, made } = installationKeys(folder);
  const database = await step(
    'database',
    () => openDatabase(folder),
    (db) =>
      (db.embedded ? `embedded PostgreSQL ${db.joined ? '(already running)' : ''}` : `at ${new URL(db.url).host}`) +
      (db.migrations ? `, schema brought up to date` : ''),
  );
  running.push({ name: 'database', stop: () => database.stop() });
  const rehearsalPort = await keptPort(folder, 'rehearsal', 3001);
  const rehearsalUrl = process.env.REHEARSAL_URL ?? `http://127.0.0.1:${rehearsalPort}`;
  const shared: Record<string, string> = {
    ...keys,
    DATABASE_URL: database.url,
    REHEARSAL_URL: rehearsalUrl,
    EGRESS_ALLOW: [process.env.EGRESS_ALLOW, new URL(rehearsalUrl).host].filter(Boolean).join(','),
  };
  Object.assign(process.env, shared);

  const wantsDemo = database.embedded || process.env.HOOKLINE_DEMO === '1';
  if (wantsDemo)
    await step(
      'demo project',
      () => seedDemo(rehearsalUrl),
      (made) => (made ? `${made.customers.toLocaleString('en')} customers` : 'is there'),
    );
  if (!dev)
    await step(
      'web app',
      () => buildIfStale(),
      (built) => (built ? 'built' : 'is built'),
    );

  const child = async (name: string, script: string, env: Record<string, string>, nodeArgs: string[] = []) => {
    const started: Child = await startChild(name, script, { ...shared, ...env }, { nodeArgs });
    running.push({ name, stop: () => started.stop() });
    void started.ended.then((code) => {
      if (running.some((part) => part.name === name) && code !== 0 && code !== 'SIGTERM')
        console.error(`\n  ${name} ended unexpectedly (${code}); press Ctrl-C and start again.`);
    });
  };
  if (!process.env.REHEARSAL_URL || process.env.REHEARSAL_URL === shared.REHEARSAL_URL)
    await step(
      'rehearsal target',
      () => child('rehearsal target', 'tools/start-rehearsal.ts', { REHEARSAL_PORT: String(rehearsalPort) }),
      () => rehearsalUrl,
    );
  await step('worker', () => child('worker', 'tools/start-worker.ts', {}, WORKER_NODE_ARGS));
  await step(
    'web',
    () => child('web', 'tools/start-web.ts', { PORT: String(port), HOST: host, ...(dev ? { HOOKLINE_DEV: '1' } : {}) }),
    () => `http://${host}:${port}`,
  );

  if (made)
    console.log(
      pc.dim(`\n  Keys for stored secrets were made in ${made}; keep a copy, secrets cannot be read without it.`),
    );
  const link = wantsDemo ? await newSignInLink(`http://${host}:${port}`) : null;
  console.log(
    link
      ? `\n  Sign in as the demo admin (link works once, for a day):\n\n  ${pc.cyan(pc.underline(link))}\n`
      : `\n  Open ${pc.cyan(`http://${host}:${port}`)}\n`,
  );
  console.log(pc.dim('  Ctrl-C stops everything.\n'));
}

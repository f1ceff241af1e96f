// The web app in production mode (or, with HOOKLINE_DEV=1, in development mode) on HOST:PORT.
import http from 'node:http';
import next from 'next';
import { env } from '../lib/env.ts';
import { StartupError } from './postgres.ts';
import { ROOT, run, serveUntilStopped } from './stack.ts';

await run(async () => {
  const port = Number(process.env.PORT ?? 3000);
  const hostname = process.env.HOST ?? '127.0.0.1';
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  process.env.NEXTAUTH_URL ??= `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  if (!env().NEXTAUTH_SECRET)
    throw new StartupError('NEXTAUTH_SECRET is missing: set it to a random secret (openssl rand -base64 32).');
  const dev = process.env.HOOKLINE_DEV === '1';
  (process.env as Record<string, string>).NODE_ENV = dev ? 'development' : 'production';
  const app = next({ dev, dir: ROOT, hostname, port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = http.createServer((request, response) => {
    // Who is at the other end, for limits and the audit log. Anybody can write X-Forwarded-For: only its last entry counts,
    // and only when a proxy of ours is known to write it.
    const forwarded =
      env().TRUST_PROXY === '1'
        ? String(request.headers['x-forwarded-for'] ?? '')
            .split(',')
            .at(-1)
        : '';
    request.headers['x-hookline-peer'] = forwarded?.trim() || request.socket.remoteAddress;
    void handle(request, response);
  });
  const upgrade = app.getUpgradeHandler();
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new StartupError(`Port ${port} of ${hostname} is in use; stop what listens there or set PORT to another.`)
          : error,
      ),
    );
    server.listen(port, hostname, resolve);
  });
  serveUntilStopped(async () => {
    server.close();
    server.closeAllConnections();
    await app.close();
  });
});

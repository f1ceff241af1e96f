import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';

const APP = path.join(import.meta.dirname, '../../app');

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

/** The route files of the app below a folder, with the pattern of their addresses. */
function routesBelow(folder: string): { file: string; pattern: RegExp; names: string[] }[] {
  return fs
    .readdirSync(path.join(APP, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => {
      const address = `/${path.posix.join(folder, path.dirname(file))}`;
      const names = [...address.matchAll(/\[(\w+)\]/g)].map((match) => match[1]!);
      return {
        file: path.join(APP, folder, file),
        names,
        pattern: new RegExp(`^${address.replace(/\[\w+\]/g, '([^/]+)')}$`),
      };
    });
}

/** Serves the app's own route handlers by HTTP, without Next.js around them, as the address 192.0.2.x that a test chooses. */
export async function serveRoutes(...folders: string[]): Promise<{ url: string; stop: () => Promise<void> }> {
  const routes = folders.flatMap(routesBelow);
  const answer = async (request: http.IncomingMessage): Promise<Response> => {
    const url = new URL(request.url!, 'http://127.0.0.1');
    for (const { file, pattern, names } of routes) {
      const match = pattern.exec(url.pathname);
      if (!match) continue;
      const handler = ((await import(file)) as Record<string, Handler>)[request.method!];
      if (!handler) return new Response(null, { status: 405 });
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1]!)]));
      const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
      const given = new Request(url, {
        method: request.method!,
        headers: request.headers as Record<string, string>,
        ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' } : {}),
      } as RequestInit);
      return handler(given, { params: Promise.resolve(params) });
    }
    return new Response(null, { status: 404 });
  };
  const server = http.createServer(async (request, response) => {
    const given = await answer(request);
    response.writeHead(given.status, Object.fromEntries(given.headers));
    response.end(Buffer.from(await given.arrayBuffer()));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { afterEach } from 'vitest';

/** Small servers on loopback for tests of what leaves the building; all are closed after each test. */

const open: { close(): Promise<void> }[] = [];

/** Closes all servers that are open. */
export async function closeServers(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}

/** Closes the servers of each test of this file after it. */
export function closeServersAfterEach(): void {
  afterEach(closeServers);
}

export interface Seen {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  raw: string[];
  body: Buffer;
}

export interface HttpServer {
  port: number;
  /** http://127.0.0.1:port, or https. */
  origin: string;
  /** 127.0.0.1:port, for EGRESS_ALLOW. */
  host: string;
  seen: Seen[];
  /** TCP connections so far. */
  connections(): number;
}

type Answer = (response: http.ServerResponse, request: Seen) => void;

/** An HTTP server that remembers what it saw and answers as told; 200 without a body by default. Port 0 is any free one. */
export async function httpServer(answer: Answer = (response) => response.end(), tls?: https.ServerOptions, port = 0) {
  const seen: Seen[] = [];
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request;
      const entry = { method, url, headers, raw: rawHeaders, body: Buffer.concat(chunks) };
      seen.push(entry);
      answer(response, entry);
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  const tcp = await listening(server, port);
  const found: HttpServer = {
    port: tcp.port,
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${tcp.port}`,
    host: `127.0.0.1:${tcp.port}`,
    seen,
    connections: tcp.connections,
  };
  return found;
}

/** A server that is given the bare sockets. */
export async function tcpServer(onSocket: (socket: net.Socket) => void) {
  const server = net.createServer(onSocket);
  const tcp = await listening(server);
  return { ...tcp, origin: `http://127.0.0.1:${tcp.port}`, host: `127.0.0.1:${tcp.port}` };
}

async function listening(server: net.Server, port = 0): Promise<{ port: number; connections(): number }> {
  const sockets = new Set<net.Socket>();
  let count = 0;
  server.on('connection', (socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
  return { port: (server.address() as net.AddressInfo).port, connections: () => count };
}

/** A port on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import net from 'node:net';
import tls from 'node:tls';
import { buildConnector } from 'undici';
import { CONNECT_TIMEOUT_MS } from './connect.ts';

/** The operator's proxy did not open the way; the message is for people. */
class ProxyError extends Error {
  readonly code = 'HOOKLINE_PROXY';
}

const MAX_HEAD = 16_384;

/**
 * A connector through an HTTP(S) proxy: every request, plain or TLS, goes through a CONNECT tunnel (RFC 9110 §9.3.6), so
 * that the proxy sees the destination and nothing else, and TLS ends at the destination. The proxy resolves names and is
 * the one that checks what they resolve to; literal addresses were checked here.
 */
export function tunnelConnector(proxy: URL, secureContext: tls.SecureContext | undefined): buildConnector.connector {
  const upgrade = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    ...(secureContext ? { secureContext } : {}),
  });
  return (options, callback) => {
    openTunnel(proxy, `${options.hostname}:${options.port || (options.protocol === 'https:' ? 443 : 80)}`).then(
      (socket) => {
        if (options.protocol === 'https:') upgrade({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

function openTunnel(proxy: URL, target: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const host = proxy.hostname.replace(/^\[|\]$/g, '');
    const port = Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
    const opened = () => socket.write(connectRequest(proxy, target));
    const socket =
      proxy.protocol === 'https:'
        ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }) }, opened)
        : net.connect({ host, port }, opened);
    const fail = (message: string) => {
      socket.destroy();
      reject(new ProxyError(message));
    };
    const onError = (error: Error) => fail(`the proxy cannot be reached (${(error as NodeJS.ErrnoException).code})`);
    const onEnd = () => fail('the proxy closed the connection');
    const timer = setTimeout(
      () => fail(`the proxy did not answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
      CONNECT_TIMEOUT_MS,
    );
    let head = '';
    const onData = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) {
        if (head.length > MAX_HEAD) fail('the proxy answered with something that is not HTTP');
        return;
      }
      clearTimeout(timer);
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
      if (!status?.startsWith('2')) return fail(`the proxy refused the connection with ${status ?? 'no status'}`);
      socket.off('data', onData).off('error', onError).off('end', onEnd);
      socket.pause();
      const rest = head.slice(end + 4);
      if (rest) socket.unshift(Buffer.from(rest, 'latin1'));
      resolve(socket);
    };
    socket.on('data', onData).on('error', onError).on('end', onEnd);
    socket.once('close', () => clearTimeout(timer));
  });
}

function connectRequest(proxy: URL, target: string): string {
  const account = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization =
    account === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(account).toString('base64')}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
}

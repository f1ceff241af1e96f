// Between workers and the database: passes everything on, and can lose a connection so that only the database notices.
import net, { type AddressInfo } from 'node:net';

export interface Proxy {
  /** The address of the database by way of the proxy. */
  url: string;
  /** The database sees the connections from these ports end; who opened them waits for answers that do not come. */
  sever(ports: readonly number[]): void;
  close(): void;
}

/** @param databaseUrl where it leads */
export async function startProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const open = new Map<net.Socket, net.Socket>();
  const listener = net.createServer({ noDelay: true }, (client) => {
    const server = net.connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    open.set(server, client);
    client.pipe(server);
    server.pipe(client);
    // Either end may be reset at any time here; the other one is closed with it.
    client.on('error', () => {}).on('close', () => server.destroy());
    server
      .on('error', () => {})
      .on('close', () => {
        if (open.delete(server)) client.destroy();
      });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.toString(),
    sever(ports) {
      for (const [server, client] of open) {
        if (!ports.includes(server.localPort ?? -1)) continue;
        open.delete(server);
        client.unpipe(server);
        // What it still sends is read and lost, as on a broken line.
        client.resume();
        server.unpipe(client);
        server.destroy();
      }
    },
    close() {
      listener.close();
      for (const [server, client] of open) {
        client.destroy();
        server.destroy();
      }
    },
  };
}

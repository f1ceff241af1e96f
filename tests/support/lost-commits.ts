import net, { type AddressInfo } from 'node:net';

export interface LossyLine {
  /** The database by way of this line. */
  url: string;
  /** Answers to COMMIT that were lost so far; each of them was committed. */
  lost(): number;
  close(): void;
}

const COMMIT = Buffer.from('COMMIT\0');

/**
 * A way to the database on which some answers to COMMIT are lost: the statement arrives and is carried out, and then the
 * connection breaks.
 * @param isLost asked for each COMMIT, which are counted from 1, with what its connection sent since the one before
 */
export async function lineThatLosesCommits(
  databaseUrl: string,
  isLost: (number: number, sent: string) => boolean,
): Promise<LossyLine> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let commits = 0;
  let lost = 0;
  const listener = net.createServer({ noDelay: true }, (client) => {
    const server = net.connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let sent = '';
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('close', () => server.end());
    server.on('close', () => client.destroy());
    server.pipe(client);
    client.on('data', (part) => {
      server.write(part);
      sent += part.toString('latin1');
      if (!part.includes(COMMIT)) return;
      if (isLost(++commits, sent)) {
        lost++;
        server.unpipe(client);
        // The database has heard it, and is given the time to do it.
        server.once('data', () => client.destroy()).resume();
      }
      sent = '';
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.toString(),
    lost: () => lost,
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

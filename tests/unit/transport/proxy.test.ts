import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { newAuthority } from '../../support/certificates.ts';
import { closeServersAfterEach, deadPort, httpServer, tcpServer } from '../../support/servers.ts';
import { resolver, wayOut } from './way-out.ts';

closeServersAfterEach();

/** A forward proxy as an operator runs one: tunnels CONNECT to loopback, whatever the name, and remembers what it was asked. */
async function forwardProxy(
  verdict: (request: string) => string = () => 'HTTP/1.1 200 Connection established\r\n\r\n',
) {
  const asked: string[] = [];
  const server = await tcpServer((socket) => {
    socket.once('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1');
      asked.push(head);
      const answer = verdict(head);
      const port = Number(/^CONNECT [^ ]*:(\d+) /.exec(head)?.[1]);
      if (!answer.includes(' 200 ')) return socket.end(answer);
      const upstream = net.connect(port, '127.0.0.1', () => {
        socket.write(answer);
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    });
  });
  return { ...server, asked };
}

describe('with a proxy', () => {
  it('every request goes through it, plain and TLS, and TLS ends at the destination', async () => {
    const authority = newAuthority();
    const plain = await httpServer((response) => response.end('plain'));
    const secure = await httpServer(
      (response) => response.end('secure'),
      authority.issue({ name: 'x', hosts: ['hooks.example.com'] }),
    );
    const proxy = await forwardProxy();
    const way = wayOut({
      proxy: proxy.origin,
      extraCa: authority.cert,
      allow: ['*:' + plain.port, '*:' + secure.port],
    });
    expect(await way.send({ url: `http://hooks.example.com:${plain.port}/` })).toMatchObject({ body: 'plain' });
    expect(await way.send({ url: `https://hooks.example.com:${secure.port}/` })).toMatchObject({ body: 'secure' });
    expect(proxy.asked.map((head) => head.split('\r\n')[0])).toEqual([
      `CONNECT hooks.example.com:${plain.port} HTTP/1.1`,
      `CONNECT hooks.example.com:${secure.port} HTTP/1.1`,
    ]);
  });

  it('the parts of the time and a client certificate do not go around it', async () => {
    const authority = newAuthority();
    const server = await httpServer((response) => response.end('seen'), {
      ...authority.issue({ name: 'x', hosts: ['hooks.example.com'] }),
      ca: authority.cert,
      requestCert: true,
    });
    const proxy = await forwardProxy();
    const way = wayOut({ proxy: proxy.origin, extraCa: authority.cert, allow: [`*:${server.port}`] });
    const options = { certificate: authority.issue({ name: 'client' }), detailed: true };
    expect(await way.send({ url: `https://hooks.example.com:${server.port}/` }, {}, options)).toMatchObject({
      body: 'seen',
    });
    expect(proxy.asked).toHaveLength(1);
  });

  it('credentials of a request stay inside the tunnel, and those of the proxy outside', async () => {
    const server = await httpServer();
    const proxy = await forwardProxy();
    const way = wayOut({ proxy: proxy.origin.replace('//', '//agent:p%40ss@'), allow: [`*:${server.port}`] });
    await way.send({
      url: `http://hooks.example.com:${server.port}/`,
      headers: [
        ['Authorization', 'Bearer inner'],
        ['Proxy-Authorization', 'Basic inner'],
      ],
    });
    expect(proxy.asked[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('agent:p@ss').toString('base64')}`);
    expect(proxy.asked[0]).not.toContain('inner');
    expect(server.seen[0]!.headers).toMatchObject({
      authorization: 'Bearer inner',
      'proxy-authorization': 'Basic inner',
    });
  });

  it('names are left to it, but literals and inner names are refused here', async () => {
    const names = resolver(['10.0.0.1']);
    const proxy = await forwardProxy();
    const way = wayOut({ proxy: proxy.origin }, { lookup: names.lookup });
    for (const url of ['http://10.0.0.1/', 'http://[::1]/', 'http://localhost/', 'http://hooks.example.com:6379/'])
      expect(await way.send({ url }), url).toMatchObject({ reason: 'blocked', written: 'no' });
    expect(proxy.asked).toEqual([]);
    expect(names.asked()).toBe(0);
  });

  it.each([403, 407, 502])('its refusal with %i is a failure before sending', async (status) => {
    const proxy = await forwardProxy(() => `HTTP/1.1 ${status} No\r\n\r\n`);
    expect(await wayOut({ proxy: proxy.origin }).send({ url: 'http://hooks.example.com/' })).toMatchObject({
      reason: 'connect',
      written: 'no',
      message: `hooks.example.com: the proxy refused the connection with ${status}`,
    });
  });

  it.each([
    ['is not there', async () => `http://127.0.0.1:${await deadPort()}`, 'cannot be reached'],
    ['answers something else', async () => (await forwardProxy(() => 'hello\r\n\r\n')).origin, 'no status'],
    [
      'hangs up',
      async () => (await tcpServer((socket) => socket.once('data', () => socket.end()))).origin,
      'closed the connection',
    ],
    [
      'never ends its answer',
      async () => (await tcpServer((socket) => socket.once('data', () => socket.write('x'.repeat(20_000))))).origin,
      'not HTTP',
    ],
  ])('one that %s is told apart from the destination', async (_, start, words) => {
    const attempt = await wayOut({ proxy: await start() }).send({ url: 'http://hooks.example.com/' });
    expect(attempt).toMatchObject({ reason: 'connect', written: 'no', message: expect.stringContaining(words) });
  });

  it('connections through it are used again', async () => {
    const server = await httpServer();
    const proxy = await forwardProxy();
    const way = wayOut({ proxy: proxy.origin, allow: [`*:${server.port}`] }, { connections: 1 });
    for (let n = 0; n < 3; n++) await way.send({ url: `http://hooks.example.com:${server.port}/${n}` });
    expect(server.seen).toHaveLength(3);
    expect(proxy.asked).toHaveLength(1);
  });
});

it('the environment of the process does not redirect anything', async () => {
  const proxy = await httpServer();
  const server = await httpServer();
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = proxy.origin;
  expect(await wayOut({ allow: [server.host] }).send({ url: server.origin })).toMatchObject({ status: 200 });
  if (before === undefined) delete process.env.HTTP_PROXY;
  else process.env.HTTP_PROXY = before;
  expect(proxy.connections()).toBe(0);
});

import net from 'node:net';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { closeServersAfterEach, deadPort, httpServer, tcpServer } from '../../support/servers.ts';
import { wayOut } from './way-out.ts';

closeServersAfterEach();

describe('what leaves', () => {
  it('is exactly the request: method, path, headers and body', async () => {
    const server = await httpServer();
    await wayOut({ allow: [server.host] }).send({
      method: 'PUT',
      url: `${server.origin}/a/b?c=d%20e`,
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Tag', ' spaced value '],
      ],
      body: '{"name":"Žofie"}',
    });
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'PUT', url: '/a/b?c=d%20e', body: Buffer.from('{"name":"Žofie"}') });
    expect(seen!.headers).toEqual({
      host: server.host,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'content-length': '17',
      'x-tag': 'spaced value',
    });
  });

  it('may be bytes, or bytes in parts', async () => {
    const server = await httpServer();
    const way = wayOut({ allow: [server.host] });
    const [a, b] = [Buffer.from('one '), Buffer.from('two')];
    await way.send({ method: 'POST', url: server.origin, body: a });
    await way.send({ method: 'POST', url: server.origin, body: [a, b] });
    expect(server.seen.map(({ body }) => body.toString())).toEqual(['one ', 'one two']);
  });

  it('cannot name another host or change the framing', async () => {
    const server = await httpServer();
    const way = wayOut({ allow: [server.host] });
    for (const header of [
      ['Host', 'internal.example'],
      ['host', server.host],
      ['Content-Length', '3'],
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'close'],
      ['Expect', '100-continue'],
      [':authority', 'internal.example'],
    ] as [string, string][])
      expect(await way.send({ url: server.origin, headers: [header] }), header[0]).toMatchObject({
        kind: 'failed',
        reason: 'invalid',
        written: 'no',
      });
    expect(server.connections()).toBe(0);
  });

  it('is refused when it is larger than the limit', async () => {
    const server = await httpServer();
    const attempt = await wayOut({ allow: [server.host] }).send(
      { method: 'POST', url: server.origin, body: 'x'.repeat(101) },
      { maxRequestBytes: 100 },
    );
    expect(attempt).toMatchObject({
      reason: 'too-large',
      written: 'no',
      message: expect.stringContaining('101 bytes'),
    });
  });

  it('uses connections again, and never more than it may', async () => {
    let [now, peak] = [0, 0];
    const server = await httpServer((response) => {
      peak = Math.max(peak, ++now);
      setTimeout(() => {
        now--;
        response.end();
      }, 10);
    });
    const way = wayOut({ allow: [server.host] }, { connections: 3 });
    await Promise.all(Array.from({ length: 30 }, () => way.send({ url: server.origin })));
    expect(peak).toBe(3);
    expect(server.connections()).toBe(3);
  });
});

describe('an answer', () => {
  it('is the status, headers, body and how long it took', async () => {
    const server = await httpServer((response) =>
      response.writeHead(201, { 'Content-Type': 'application/json', 'X-Two': ['a', 'b'] }).end('{"ok":true}'),
    );
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin });
    expect(attempt).toMatchObject({
      kind: 'answered',
      status: 201,
      headers: { 'content-type': 'application/json', 'x-two': 'a, b' },
      body: '{"ok":true}',
      bodyBytes: 11,
      truncated: false,
    });
    expect(attempt.timing.totalMs).toBeGreaterThan(0);
    expect(attempt.timing.firstByteMs).toBeLessThanOrEqual(attempt.timing.totalMs);
  });

  it.each([301, 302, 303, 307, 308])(
    '%i is not followed: the Location is recorded, nothing is sent there',
    async (status) => {
      const other = await httpServer();
      const server = await httpServer((response) =>
        response.writeHead(status, { location: `${other.origin}/x` }).end(),
      );
      const attempt = await wayOut({ allow: [server.host, other.host] }).send({
        method: 'POST',
        url: server.origin,
        headers: [
          ['Authorization', 'Bearer x'],
          ['X-Api-Key', 'k'],
        ],
        body: 'payload',
      });
      expect(attempt).toMatchObject({ kind: 'answered', status, headers: { location: `${other.origin}/x` } });
      expect(other.connections()).toBe(0);
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each([200, 204, 299, 404, 500])('%i without a body is an answer with an empty body', async (status) => {
    const server = await httpServer((response) => response.writeHead(status).end());
    expect(await wayOut({ allow: [server.host] }).send({ url: server.origin })).toMatchObject({ status, body: '' });
  });

  it('is not inflated: a compressed body stays as small as it came', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(20_000_000));
    const server = await httpServer((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin });
    expect(server.seen[0]!.headers['accept-encoding']).toBe('identity');
    expect(attempt).toMatchObject({ kind: 'answered', bodyBytes: bomb.length });
  });

  it('is read up to a limit, kept up to another, and then the connection is closed', async () => {
    let closed: () => void;
    const ended = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const block = Buffer.alloc(65_536, 'x');
    const server = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n');
        const more = () => {
          while (!socket.destroyed && socket.write(block));
        };
        socket.on('drain', more);
        more();
      });
      socket.once('close', () => closed());
    });
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin });
    expect(attempt).toMatchObject({ kind: 'answered', status: 200, truncated: true });
    if (attempt.kind !== 'answered') return;
    expect(attempt.body.length).toBe(262_144);
    expect(attempt.bodyBytes).toBeGreaterThan(1_048_576);
    expect(attempt.bodyBytes).toBeLessThan(2_000_000);
    await ended;
  });

  it('with more than is kept but less than is read is whole for the sender and cut for the record', async () => {
    const server = await httpServer((response) => response.end('x'.repeat(100)));
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin }, { keepResponseBytes: 10 });
    expect(attempt).toMatchObject({ body: 'x'.repeat(10), bodyBytes: 100, truncated: true });
  });

  it('has no cookies and no NUL that a database would refuse', async () => {
    const server = await httpServer((response) =>
      response.writeHead(200, { 'Set-Cookie': ['session=abc', 'other=def'] }).end('a\0b'),
    );
    const way = wayOut({ allow: [server.host] });
    expect(await way.send({ url: server.origin })).toMatchObject({
      headers: { 'set-cookie': '[not kept]' },
      body: 'a\ufffdb',
    });
    await way.send({ url: server.origin });
    expect(server.seen[1]!.headers.cookie).toBeUndefined();
  });

  it('may name headers like the parts of an object', async () => {
    const server = await tcpServer((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n'),
      ),
    );
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin });
    expect(attempt.kind === 'answered' && attempt.headers.constructor).toBe('y');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('that comes after early hints is the final one', async () => {
    const server = await tcpServer((socket) =>
      socket.once('data', () =>
        socket.end(
          'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok',
        ),
      ),
    );
    expect(await wayOut({ allow: [server.host] }).send({ url: server.origin })).toMatchObject({
      status: 202,
      body: 'ok',
    });
  });

  it.each([
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    [
      'that wants to change the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'with endless headers',
      `HTTP/1.1 200 OK\r\n${'X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(2000)}\r\n`,
    ],
  ])('%s is a failure after sending, not a crash', async (_, text) => {
    const server = await tcpServer((socket) => socket.once('data', () => socket.write(text)));
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin }, { deadlineMs: 2000 });
    expect(attempt.kind).toBe('failed');
    expect(attempt.kind === 'failed' && attempt.written).not.toBe('no');
  });
});

describe('the deadline', () => {
  it('decides before anything is written, also when this process was stopped while it connected', async () => {
    const server = await httpServer();
    const way = wayOut({ allow: [server.host] });
    // Bytes for another socket are there first, so its handler runs before the connection is told; it holds this process
    // up as a stop signal would, until the deadline has passed.
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const [near, far] = await new Promise<[net.Socket, net.Socket]>((resolve) => {
      const client = net.connect((other.address() as net.AddressInfo).port, '127.0.0.1');
      other.once('connection', (socket) => client.once('connect', () => resolve([client, socket])));
    });
    near.once('data', () => {
      const end = performance.now() + 400;
      while (performance.now() < end);
    });
    far.write('x');
    const attempt = await way.send({ url: server.origin }, { deadlineMs: 200 });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'timeout', written: 'no' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.seen).toEqual([]);
    near.destroy();
    other.close();
  });

  const drip = (text: string) =>
    tcpServer((socket) => {
      socket.once('data', () => {
        const timer = setInterval(() => socket.write(text), 20);
        socket.once('close', () => clearInterval(timer));
      });
    });
  const within = async (host: string, origin: string) => {
    const started = Date.now();
    const attempt = await wayOut({ allow: [host] }).send({ url: origin }, { deadlineMs: 300 });
    expect(Date.now() - started).toBeLessThan(800);
    return attempt;
  };

  it('ends a server that says nothing', async () => {
    const server = await tcpServer(() => {});
    expect(await within(server.host, server.origin)).toMatchObject({
      reason: 'timeout',
      written: 'yes',
      message: '127.0.0.1: no complete answer within 0.3 s',
    });
  });

  it('ends endless early hints', async () => {
    const server = await drip('HTTP/1.1 103 Early Hints\r\n\r\n');
    expect(await within(server.host, server.origin)).toMatchObject({ reason: 'timeout', written: 'yes' });
  });

  it('ends headers that drip', async () => {
    const server = await drip('X');
    expect((await within(server.host, server.origin)).kind).toBe('failed');
  });

  it('ends a body that drips', async () => {
    const server = await httpServer((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    expect(await within(server.host, server.origin)).toMatchObject({ reason: 'timeout', written: 'yes' });
  });

  it('also counts the wait for a connection: such a request was certainly not sent', async () => {
    const server = await httpServer((response) => setTimeout(() => response.end(), 600));
    const way = wayOut({ allow: [server.host] }, { connections: 1 });
    const [first, second] = await Promise.all([
      way.send({ url: `${server.origin}/1` }),
      way.send({ url: `${server.origin}/2` }, { deadlineMs: 200 }),
    ]);
    expect(first).toMatchObject({ kind: 'answered' });
    expect(second).toMatchObject({ reason: 'timeout', written: 'no' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.seen.map(({ url }) => url)).toEqual(['/1']);
  });

  it('drops an answer that comes later, and the next request has a connection of its own', async () => {
    let slow = true;
    const server = await httpServer((response) => {
      setTimeout(() => response.end('late or not'), slow ? 400 : 0);
      slow = false;
    });
    const way = wayOut({ allow: [server.host] }, { connections: 1 });
    expect(await way.send({ url: server.origin }, { deadlineMs: 100 })).toMatchObject({ reason: 'timeout' });
    expect(await way.send({ url: server.origin })).toMatchObject({ kind: 'answered', body: 'late or not' });
    expect(server.connections()).toBe(2);
  });
});

describe('whether a failed request can have been received', () => {
  it('refused connection: no', async () => {
    const port = await deadPort();
    const attempt = await wayOut({ allow: [`127.0.0.1:${port}`] }).send({ url: `http://127.0.0.1:${port}/` });
    expect(attempt).toMatchObject({
      reason: 'connect',
      written: 'no',
      message: '127.0.0.1: the connection was refused',
    });
  });

  it('reset after the request was read: not "no"', async () => {
    const server = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const attempt = await wayOut({ allow: [server.host] }).send({ method: 'POST', url: server.origin, body: 'x' });
    expect(attempt).toMatchObject({ reason: 'reset', written: 'maybe' });
  });

  it('reset in the middle of the answer: yes', async () => {
    const server = await tcpServer((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc');
        setTimeout(() => socket.resetAndDestroy(), 30);
      }),
    );
    expect(await wayOut({ allow: [server.host] }).send({ url: server.origin })).toMatchObject({
      reason: 'reset',
      written: 'yes',
    });
  });

  it('a kept connection that the other side closed meanwhile is not mistaken for an answer', async () => {
    const server = await tcpServer((socket) =>
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        setTimeout(() => socket.destroy(), 20);
      }),
    );
    const way = wayOut({ allow: [server.host] }, { connections: 1 });
    expect(await way.send({ url: server.origin })).toMatchObject({ kind: 'answered' });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await way.send({ url: server.origin })).toMatchObject({ kind: 'answered' });
    expect(server.connections()).toBe(2);
  });

  it('given up by us before it left: no; under way: not "no"', async () => {
    const server = await httpServer((response) => setTimeout(() => response.end(), 1000));
    const way = wayOut({ allow: [server.host] });
    expect(await way.send({ url: server.origin }, {}, { signal: AbortSignal.abort() })).toMatchObject({
      reason: 'aborted',
      written: 'no',
    });
    expect(server.connections()).toBe(0);
    expect(await way.send({ url: server.origin }, {}, { signal: AbortSignal.timeout(100) })).toMatchObject({
      reason: 'aborted',
      written: 'maybe',
    });
  });
});

describe('the parts of the time', () => {
  it('are told on request, on a connection of its own', async () => {
    const server = await httpServer((response) => setTimeout(() => response.end('x'), 20));
    const way = wayOut({ allow: [server.host] });
    await way.send({ url: server.origin });
    const { timing } = await way.send({ url: server.origin }, {}, { detailed: true });
    expect(timing.connectMs).toBeGreaterThanOrEqual(0);
    expect(timing.firstByteMs).toBeGreaterThan(15);
    expect(timing.totalMs).toBeGreaterThanOrEqual(timing.firstByteMs!);
    expect(server.connections()).toBe(2);
  });
});

it('closing waits for what is in flight', async () => {
  const server = await httpServer((response) => setTimeout(() => response.end('done'), 100));
  const way = wayOut({ allow: [server.host] });
  const sent = way.send({ url: server.origin });
  await new Promise((resolve) => setTimeout(resolve, 30));
  await way.close();
  expect(await sent).toMatchObject({ kind: 'answered', body: 'done' });
});

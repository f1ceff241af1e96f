import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egressRules } from '../../../lib/transport/index.ts';
import { closeServersAfterEach, deadPort, httpServer } from '../../support/servers.ts';
import { resolver, wayOut } from './way-out.ts';

closeServersAfterEach();

const PUBLIC = '93.184.216.34';

describe('a name', () => {
  it.each(['127.0.0.1', '10.0.0.5', '169.254.169.254', '::1', 'fd00::1', '::ffff:10.0.0.1', 'fe80::1%eth0'])(
    'that resolves to %s is refused',
    async (address) => {
      const names = resolver([address]);
      const attempt = await wayOut({}, { lookup: names.lookup }).send({ url: 'http://hooks.example.com/' });
      expect(attempt).toMatchObject({ kind: 'failed', reason: 'blocked', written: 'no' });
      // The rule is shown, not what the name resolved to.
      expect(attempt.kind === 'failed' && attempt.message).not.toContain(address);
      expect(attempt.kind === 'failed' && attempt.message).toContain('EGRESS_ALLOW');
    },
  );

  it('with one private address among public ones is refused', async () => {
    const names = resolver([PUBLIC, '10.0.0.5']);
    const attempt = await wayOut({}, { lookup: names.lookup }).send({ url: 'http://hooks.example.com/' });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'blocked' });
  });

  it('is resolved once a connection, and the address that was checked is the one dialled', async () => {
    const server = await httpServer();
    // The second answer would be refused; it is never asked for.
    const names = resolver(['127.0.0.1'], ['10.0.0.5']);
    const way = wayOut({ allow: [`hooks.example.com:${server.port}`] }, { lookup: names.lookup });
    const attempt = await way.send({ url: `http://hooks.example.com:${server.port}/a` });
    expect(attempt).toMatchObject({ kind: 'answered', status: 200 });
    expect(names.asked()).toBe(1);
    expect(server.seen[0]!.headers.host).toBe(`hooks.example.com:${server.port}`);
  });

  it('that changes its meaning after the first connection is checked again for the next one', async () => {
    const server = await httpServer((response) => response.setHeader('connection', 'close').end());
    const names = resolver(['127.0.0.2'], ['127.0.0.1']);
    const way = wayOut({ allow: ['127.0.0.2/32'] }, { lookup: names.lookup });
    const first = await way.send({ url: `http://hooks.example.com:${server.port}/` });
    expect(first).toMatchObject({ reason: 'connect' });
    const second = await way.send({ url: `http://hooks.example.com:${server.port}/` });
    expect(second).toMatchObject({ kind: 'failed', reason: 'blocked', written: 'no' });
    expect(server.seen).toHaveLength(0);
  });

  it('that means this network by definition is refused without a look-up', async () => {
    const names = resolver([PUBLIC]);
    const way = wayOut({}, { lookup: names.lookup });
    for (const host of [
      'localhost',
      'LOCALHOST',
      'a.localhost',
      'localhost.',
      'printer.local',
      'metadata.google.internal',
    ])
      expect(await way.send({ url: `http://${host}/` }), host).toMatchObject({ kind: 'failed', reason: 'blocked' });
    expect(names.asked()).toBe(0);
  });

  it('that does not exist, or has no address, is a failure of the name and can be tried again', async () => {
    const missing = wayOut(
      {},
      { lookup: (_host, _options, done) => done(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []) },
    );
    expect(await missing.send({ url: 'http://nowhere.example/' })).toMatchObject({ reason: 'dns', written: 'no' });
    const empty = wayOut({}, { lookup: resolver([]).lookup });
    expect(await empty.send({ url: 'http://nowhere.example/' })).toMatchObject({ reason: 'dns', written: 'no' });
  });
});

describe('a literal address', () => {
  it('is checked although no look-up is made for it', async () => {
    const server = await httpServer();
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.0.0.1.'])
      expect(await wayOut().send({ url: `http://${host}:${server.port}/` }), host).toMatchObject({
        reason: 'blocked',
        written: 'no',
      });
    expect(server.connections()).toBe(0);
  });

  it('is refused in every private range, wherever in it', async () => {
    const octet = fc.nat(255);
    const address = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    const way = wayOut();
    await fc.assert(
      fc.asyncProperty(address, async (parts) => {
        const [a, b, c, d] = parts;
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const hex = number.toString(16).padStart(8, '0');
        for (const host of [
          parts.join('.'),
          String(number),
          `0x${hex}`,
          `[::ffff:${parts.join('.')}]`,
          `[64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}]`,
          `[2002:${hex.slice(0, 4)}:${hex.slice(4)}::1]`,
        ])
          expect(await way.send({ url: `http://${host}/` }), host).toMatchObject({ reason: 'blocked' });
      }),
      { numRuns: 60 },
    );
  });

  it('just outside a private range passes', async () => {
    const way = wayOut();
    for (const host of [
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '[2606:4700::1]',
    ])
      expect(await way.send({ url: `http://${host}/` }, {}, { signal: AbortSignal.abort() }), host).toMatchObject({
        reason: 'aborted',
      });
  });
});

describe('ports', () => {
  it.each([22, 25, 5432, 6379, 11211, 8443])('%i is refused by default', async (port) => {
    const names = resolver([PUBLIC]);
    const attempt = await wayOut({}, { lookup: names.lookup }).send({ url: `http://hooks.example.com:${port}/` });
    expect(attempt).toMatchObject({ reason: 'blocked', message: expect.stringContaining(`port ${port}`) });
    expect(await wayOut().send({ url: `http://${PUBLIC}:${port}/` })).toMatchObject({ reason: 'blocked' });
  });

  it('are judged with the address where the operator opened a range', async () => {
    const names = resolver([PUBLIC]);
    const way = wayOut({ allow: ['10.20.0.0/16'] }, { lookup: names.lookup });
    expect(await way.send({ url: 'http://hooks.example.com:6379/' })).toMatchObject({
      reason: 'blocked',
      message: expect.stringContaining('port 6379'),
    });
  });

  it('are opened for one host, or for all public ones', async () => {
    const aborted = { signal: AbortSignal.abort() };
    for (const allow of ['hooks.example.com:8443', '*:8443'])
      expect(
        await wayOut({ allow: [allow] }).send({ url: 'https://hooks.example.com:8443/' }, {}, aborted),
      ).toMatchObject({
        reason: 'aborted',
      });
    expect(await wayOut({ allow: ['*:8443'] }).send({ url: 'https://127.0.0.1:8443/' })).toMatchObject({
      reason: 'blocked',
    });
  });
});

describe('what the operator opened', () => {
  it('is reached, and nothing beside it', async () => {
    const [one, other] = [await httpServer(), await httpServer()];
    const way = wayOut({ allow: [one.host] });
    expect(await way.send({ url: one.origin })).toMatchObject({ kind: 'answered' });
    expect(await way.send({ url: other.origin })).toMatchObject({ kind: 'failed', reason: 'blocked' });
  });

  it('can be a range of addresses, with all ports', async () => {
    const aborted = { signal: AbortSignal.abort() };
    const way = wayOut({ allow: ['10.20.0.0/16', 'fd00:1::/32'] });
    for (const url of ['http://10.20.0.7/hook', 'http://10.20.255.1:8080/', 'http://[fd00:1::5]:9000/'])
      expect(await way.send({ url }, {}, aborted), url).toMatchObject({ reason: 'aborted' });
    for (const url of ['http://10.21.0.7/hook', 'http://[fd00:2::5]/'])
      expect(await way.send({ url }), url).toMatchObject({ reason: 'blocked' });
  });

  it('covers a name whose address lies in the range', async () => {
    const server = await httpServer();
    const way = wayOut({ allow: ['127.0.0.0/8'] }, { lookup: resolver(['127.0.0.1']).lookup });
    expect(await way.send({ url: `http://hooks.example.com:${server.port}/` })).toMatchObject({ kind: 'answered' });
  });
});

describe('Hookline itself', () => {
  it('is not called under its public address', async () => {
    const rules = egressRules({ EGRESS_ALLOW: [], NEXTAUTH_URL: 'https://hookline.example.com' });
    const way = wayOut(rules, { lookup: resolver([PUBLIC]).lookup });
    expect(await way.send({ url: 'https://hookline.example.com/api/v1/events' })).toMatchObject({
      reason: 'blocked',
      message: expect.stringContaining('Hookline itself'),
    });
  });

  it('is not called under an address of its machine, although a public one', async () => {
    const way = wayOut({ machine: [PUBLIC] }, { lookup: resolver([PUBLIC]).lookup });
    expect(await way.send({ url: `https://${PUBLIC}/` })).toMatchObject({ reason: 'blocked' });
    expect(await way.send({ url: 'https://other-name.example.com/' })).toMatchObject({ reason: 'blocked' });
  });
});

it('a URL with a user name, of another scheme, or that is none, does not leave', async () => {
  const way = wayOut({ allow: [`127.0.0.1:${await deadPort()}`] });
  for (const url of [
    'https://user:pass@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'example.com',
    '',
    'http://',
  ])
    expect(await way.send({ url }), url).toMatchObject({ kind: 'failed', reason: 'invalid', written: 'no' });
});

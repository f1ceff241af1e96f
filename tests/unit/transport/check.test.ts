import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egressRules, refuseHeaderName, refuseHeaderValue, sizeOf } from '../../../lib/transport/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { closeServersAfterEach, tcpServer } from '../../support/servers.ts';
import { wayOut } from './way-out.ts';

closeServersAfterEach();

describe('the name of a header', () => {
  it.each(['X-Api-Key', 'x', 'Authorization', 'Proxy-Authorization', 'X_1.2~3', 'Accept', 'User-Agent', 'Cookie'])(
    '%s is fine',
    (name) => expect(refuseHeaderName(name)).toBeNull(),
  );

  it.each(['', ' ', 'X Y', 'X:', 'X\r\nY', 'X\0', 'Ünï', 'X(Y)', 'X"Y"', '"', 'x,y', 'x/y', 'x@y', '{{ x }}'])(
    '%j is none',
    (name) => expect(refuseHeaderName(name)).toMatch(/not a header name/),
  );

  it.each([
    'Host',
    'hOsT',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'Upgrade',
    'TE',
    'Trailer',
    'Expect',
    'Proxy-Connection',
    'Accept-Encoding',
    'HTTP2-Settings',
    'Idempotency-Key',
    'Webhook-Id',
    'webhook-timestamp',
    'webhook-signature',
    '__proto__',
    'constructor',
    'prototype',
  ])('%s is ours to set', (name) => expect(refuseHeaderName(name)).toMatch(/set by Hookline itself/));

  it('has at most 256 characters', () => {
    expect(refuseHeaderName('x'.repeat(256))).toBeNull();
    expect(refuseHeaderName('x'.repeat(257))).toMatch(/256/);
  });

  it('is repeated in a message without what a terminal or a log would act on', () => {
    expect(refuseHeaderName('X\u001b[31m\nY')).not.toMatch(/[^\x20-\x7e“”…]/);
  });
});

describe('the value of a header', () => {
  it('is printable ASCII with inner spaces and tabs, at most 8192 characters', () => {
    for (const value of ['', 'a', 'a b', 'a\tb', '!~', ' trimmed ', 'x'.repeat(8192)])
      expect(refuseHeaderValue('X', value), value.slice(0, 20)).toBeNull();
    for (const value of ['a\nb', 'a\rb', 'a\0b', 'a\u007fb', 'é', '日本', 'x'.repeat(8193), 'a\u0085b', 'a\u2028b'])
      expect(refuseHeaderValue('X', value), value.slice(0, 20)).not.toBeNull();
  });

  it('is never part of the message that refuses it', () => {
    expect(refuseHeaderValue('X', 'canary-5f2c\n')).toBeNull();
    expect(refuseHeaderValue('X', 'canary-5f2c\nb')).not.toContain('canary');
  });
});

it('whatever passes the checks stands on the wire as one line each, and nothing else does', async () => {
  const heads: string[] = [];
  const server = await tcpServer((socket) =>
    socket.on('data', (chunk) => {
      heads.push(chunk.toString('latin1'));
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    }),
  );
  const way = wayOut({ allow: [server.host] });
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('\r', '\n', '\0', ':', ' ', '\t', 'é'), fc.string({ minLength: 1, maxLength: 1 })),
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(text, text, async (name, value) => {
      heads.length = 0;
      const attempt = await way.send({ url: `${server.origin}/p`, headers: [[name, value]] });
      if (attempt.kind === 'failed') {
        expect(attempt).toMatchObject({ reason: 'invalid', written: 'no' });
        expect(heads).toEqual([]);
        return;
      }
      const expected = [
        'GET /p HTTP/1.1',
        `host: ${server.host}`,
        'connection: keep-alive',
        'accept-encoding: identity',
      ];
      expect(heads.join('').split('\r\n')).toEqual([...expected, `${name}: ${value.trim()}`, '', '']);
    }),
    { numRuns: 300 },
  );
});

it('the size of a body is counted in bytes, whatever it is made of', () => {
  expect(sizeOf(null)).toBe(0);
  expect(sizeOf('ž€')).toBe(5);
  expect(sizeOf(new Uint8Array(7))).toBe(7);
  expect(sizeOf([new Uint8Array(7), new Uint8Array(5)])).toBe(12);
});

describe('the rules from the environment', () => {
  it('are closed when nothing is set', () => {
    expect(egressRules({ EGRESS_ALLOW: [] })).toEqual({ allow: [] });
  });

  it('know our own address with its port', () => {
    const own = (NEXTAUTH_URL: string) => egressRules({ EGRESS_ALLOW: [], NEXTAUTH_URL }).own;
    expect(own('https://hookline.example.com/app')).toEqual(['hookline.example.com:443']);
    expect(own('http://hookline.example.com')).toEqual(['hookline.example.com:80']);
    expect(own('http://[::1]:3000')).toEqual(['::1:3000']);
  });

  it('fail at once when the file of authorities cannot be read', () => {
    const folder = temporaryFolder();
    expect(() => egressRules({ EGRESS_ALLOW: [], EGRESS_CA_FILE: path.join(folder, 'none.pem') })).toThrow('ENOENT');
    fs.rmdirSync(folder);
  });
});

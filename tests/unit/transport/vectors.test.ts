import { describe, expect, it } from 'vitest';
import { refuseHeaderName, refuseHeaderValue } from '../../../lib/transport/index.ts';
import vectors from '../../fixtures/attack-vectors.json' with { type: 'json' };
import { closeServersAfterEach, httpServer } from '../../support/servers.ts';
import { resolver, wayOut } from './way-out.ts';

closeServersAfterEach();

interface Vector {
  id: string;
  surface: string;
  input: unknown;
  verdict: string;
  why: string;
  classified?: string;
}
const of = (surface: string) => (vectors.vectors as Vector[]).filter((vector) => vector.surface === surface);
const titled = (list: Vector[]) => list.map((vector) => [`${vector.id} ${vector.why}`, vector] as const);

describe('addresses', () => {
  const urls = of('ssrf').filter((vector) => vector.classified !== undefined);

  it('are all decided: the vectors with a URL are here, the others have tests of their own below', () => {
    expect(urls.length).toBeGreaterThan(40);
    expect(
      of('ssrf')
        .filter((vector) => vector.classified === undefined)
        .map(({ id }) => id),
    ).toEqual(['SS-070', 'SS-071', 'SS-072', 'SS-073', 'SS-076', 'SS-077', 'SS-078', 'SS-079', 'SS-080', 'SS-081']);
  });

  it.each(titled(urls.filter(({ verdict }) => verdict === 'reject_request')))(
    '%s: no socket is opened',
    async (_, v) => {
      const names = resolver(['93.184.216.34']);
      const attempt = await wayOut({}, { lookup: names.lookup }).send({ url: v.input as string }, { deadlineMs: 500 });
      expect(attempt).toMatchObject({ kind: 'failed', written: 'no' });
      expect(attempt.kind === 'failed' && ['blocked', 'invalid']).toContain(
        attempt.kind === 'failed' && attempt.reason,
      );
      expect(names.asked()).toBe(0);
    },
  );

  it.each(titled(urls.filter(({ verdict }) => verdict === 'allow')))('%s: passes the rules', async (_, v) => {
    // The resolver answers with nothing, so the test itself reaches nobody; a literal is given up at once.
    const names = resolver([]);
    const attempt = await wayOut({}, { lookup: names.lookup }).send(
      { url: v.input as string },
      {},
      v.classified === 'name' ? {} : { signal: AbortSignal.abort() },
    );
    expect(attempt).toMatchObject({ kind: 'failed', reason: v.classified === 'name' ? 'dns' : 'aborted' });
  });
});

describe('headers', () => {
  const single = of('headers').filter(
    ({ input }) => !Array.isArray(input) && !('customer' in (input as object)) && !('with' in (input as object)),
  );

  it.each(titled(single.filter(({ verdict }) => verdict === 'allow')))('%s: is sent once', async (_, v) => {
    const { name, value } = v.input as { name: string; value: string };
    const server = await httpServer();
    expect(refuseHeaderName(name)).toBeNull();
    expect(refuseHeaderValue(name, value)).toBeNull();
    await wayOut({ allow: [server.host] }).send({ url: server.origin, headers: [[name, value]] });
    const { raw } = server.seen[0]!;
    expect(raw.filter((text) => text.toLowerCase() === name.toLowerCase())).toHaveLength(1);
    expect(server.seen[0]!.headers[name.toLowerCase()]).toBe(value);
  });

  it.each(titled(single.filter(({ verdict }) => verdict === 'reject_config')))('%s: cannot be saved', (_, v) => {
    const { name, value } = v.input as { name: string; value: string };
    expect(refuseHeaderName(name) ?? refuseHeaderValue(name, value)).toEqual(expect.any(String));
  });

  it.each(titled(single.filter(({ verdict, id }) => verdict === 'reject_config' && id !== 'HD-025')))(
    '%s: nor sent, whatever was saved',
    async (_, v) => {
      const { name, value } = v.input as { name: string; value: string };
      const server = await httpServer();
      const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin, headers: [[name, value]] });
      expect(attempt).toMatchObject({ kind: 'failed', reason: 'invalid', written: 'no' });
      expect(server.connections()).toBe(0);
    },
  );

  it('HD-038 a rendered value with a line break: nothing is sent', async () => {
    const server = await httpServer();
    const attempt = await wayOut({ allow: [server.host] }).send({
      url: server.origin,
      headers: [['X-Name', 'Eve\r\nX-Admin: 1']],
    });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'invalid', written: 'no' });
    expect(server.connections()).toBe(0);
  });

  it('HD-039 the same name in two spellings: nothing is sent', async () => {
    const server = await httpServer();
    const attempt = await wayOut({ allow: [server.host] }).send({
      url: server.origin,
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
      ],
    });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'invalid', message: expect.stringContaining('twice') });
    expect(server.connections()).toBe(0);
  });
});

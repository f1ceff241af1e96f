import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { egressRules } from '../../../lib/transport/index.ts';
import { newAuthority } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { closeServersAfterEach, httpServer } from '../../support/servers.ts';
import { wayOut } from './way-out.ts';

closeServersAfterEach();

const authority = newAuthority();
const hour = 3600_000;

describe('a certificate', () => {
  it('of an authority that the operator added is accepted', async () => {
    const server = await httpServer(
      (response) => response.end('secure'),
      authority.issue({ name: 'x', hosts: ['127.0.0.1'] }),
    );
    const folder = temporaryFolder();
    const file = path.join(folder, 'ca.pem');
    fs.writeFileSync(file, authority.cert);
    const rules = egressRules({ EGRESS_ALLOW: [server.host], EGRESS_CA_FILE: file });
    expect(await wayOut(rules).send({ url: server.origin })).toMatchObject({ kind: 'answered', body: 'secure' });
    fs.rmSync(folder, { recursive: true });
  });

  it('of an authority that nobody knows is refused, and nothing was sent', async () => {
    const server = await httpServer(undefined, authority.issue({ name: 'x', hosts: ['127.0.0.1'] }));
    const attempt = await wayOut({ allow: [server.host] }).send({
      url: server.origin,
      headers: [['Authorization', 'Bearer canary']],
    });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'tls', written: 'no' });
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['for another host', { hosts: ['other.example'] }],
    ['for no host', {}],
    [
      'that has expired',
      { hosts: ['127.0.0.1'], notBefore: new Date(Date.now() - 3 * hour), notAfter: new Date(Date.now() - hour) },
    ],
    ['that is not yet valid', { hosts: ['127.0.0.1'], notBefore: new Date(Date.now() + hour) }],
  ])('%s is refused', async (_, options) => {
    const server = await httpServer(undefined, authority.issue({ name: 'x', ...options }));
    expect(await wayOut({ allow: [server.host], extraCa: authority.cert }).send({ url: server.origin })).toMatchObject({
      kind: 'failed',
      reason: 'tls',
      written: 'no',
    });
    expect(server.seen).toHaveLength(0);
  });

  it('does not help a server that speaks only TLS 1.1', async () => {
    const server = await httpServer(undefined, {
      ...authority.issue({ name: 'x', hosts: ['127.0.0.1'] }),
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const attempt = await wayOut({ allow: [server.host], extraCa: authority.cert }).send({ url: server.origin });
    expect(attempt).toMatchObject({ kind: 'failed', reason: 'tls', written: 'no' });
  });

  it('is expected where TLS is: a plain server is a failure', async () => {
    const server = await httpServer();
    const attempt = await wayOut({ allow: [server.host] }).send({ url: server.origin.replace('http:', 'https:') });
    expect(attempt).toMatchObject({ kind: 'failed', written: 'no' });
  });
});

it('added authorities stand beside those of the system, not in their place', async () => {
  const system = tls.getCACertificates('default');
  const ofSystem = newAuthority('Of the system');
  const server = await httpServer(undefined, ofSystem.issue({ name: 'x', hosts: ['127.0.0.1'] }));
  tls.setDefaultCACertificates([...system, ofSystem.cert]);
  try {
    const way = wayOut({ allow: [server.host], extraCa: authority.cert });
    expect(await way.send({ url: server.origin })).toMatchObject({ kind: 'answered' });
  } finally {
    tls.setDefaultCACertificates(system);
  }
});

describe('a client certificate', () => {
  const mutual = (require: boolean) => ({
    ...authority.issue({ name: 'server', hosts: ['127.0.0.1'] }),
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: require,
  });

  it('is shown to a server that asks for one', async () => {
    const server = await httpServer((response) => response.end('welcome'), mutual(true));
    const way = wayOut({ allow: [server.host], extraCa: authority.cert });
    const certificate = authority.issue({ name: 'client' });
    expect(await way.send({ url: server.origin })).toMatchObject({ kind: 'failed' });
    expect(await way.send({ url: server.origin }, {}, { certificate })).toMatchObject({ status: 200, body: 'welcome' });
    expect(await way.send({ url: server.origin }, {}, { certificate, detailed: true })).toMatchObject({ status: 200 });
  });

  it('never shares a connection with another certificate or with none', async () => {
    const server = await httpServer((response) => {
      const name = (response.socket as tls.TLSSocket).getPeerCertificate().subject?.CN;
      response.end(name ?? 'nobody');
    }, mutual(false));
    const way = wayOut({ allow: [server.host], extraCa: authority.cert }, { connections: 1 });
    const [ann, bob] = [authority.issue({ name: 'Ann' }), authority.issue({ name: 'Bob' })];
    const names: string[] = [];
    for (const certificate of [ann, undefined, bob, ann, undefined]) {
      const attempt = await way.send({ url: server.origin }, {}, certificate ? { certificate } : {});
      names.push(attempt.kind === 'answered' ? attempt.body : attempt.message);
    }
    expect(names).toEqual(['Ann', 'nobody', 'Bob', 'Ann', 'nobody']);
    expect(server.connections()).toBe(3);
  });

  it('that cannot be read is a fault of the request, not of ours', async () => {
    const server = await httpServer(undefined, mutual(true));
    const way = wayOut({ allow: [server.host], extraCa: authority.cert });
    const broken = { cert: 'not a certificate', key: 'not a key' };
    expect(await way.send({ url: server.origin }, {}, { certificate: broken })).toMatchObject({
      kind: 'failed',
      reason: 'invalid',
      written: 'no',
    });
    const mismatched = { cert: authority.issue({ name: 'a' }).cert, key: authority.issue({ name: 'b' }).key };
    expect(await way.send({ url: server.origin }, {}, { certificate: mismatched })).toMatchObject({
      reason: 'invalid',
    });
  });
});

it('the time of the handshake is told', async () => {
  const server = await httpServer(undefined, authority.issue({ name: 'x', hosts: ['127.0.0.1'] }));
  const way = wayOut({ allow: [server.host], extraCa: authority.cert });
  const { timing } = await way.send({ url: server.origin }, {}, { detailed: true });
  expect(timing.tlsMs).toBeGreaterThan(0);
});

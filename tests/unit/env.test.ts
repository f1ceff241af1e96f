import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, readEnvironment } from '../../lib/env.ts';

const key = () => randomBytes(32).toString('base64');
const complete = () => ({
  DATABASE_URL: 'postgresql://localhost/hookline',
  ENCRYPTION_KEY: key(),
  NEXTAUTH_SECRET: key(),
});

const faultsOf = (change: Record<string, string | undefined>): string => {
  try {
    readEnvironment({ ...complete(), ...change });
    return '';
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return error.message;
  }
};

describe('the environment', () => {
  it('is accepted with a database and random keys, in base64 or hex', () => {
    expect(faultsOf({})).toBe('');
    expect(faultsOf({ ENCRYPTION_KEY: randomBytes(32).toString('hex') })).toBe('');
    expect(faultsOf({ ENCRYPTION_KEY: randomBytes(32).toString('base64url') })).toBe('');
  });

  it('names everything that is missing in one message', () => {
    const message = faultsOf({ DATABASE_URL: undefined, ENCRYPTION_KEY: '' });
    expect(message).toContain('DATABASE_URL: is missing');
    expect(message).toContain('ENCRYPTION_KEY: is missing');
  });

  it.each([
    ['short', 'c2hvcnQ='],
    ['of 16 bytes', randomBytes(16).toString('hex')],
    ['of 33 bytes', randomBytes(33).toString('base64')],
    ['a sentence', 'this key was typed by somebody who was in a hurry'],
    ['all zeros', Buffer.alloc(32).toString('base64')],
    ['all zeros in hex', '0'.repeat(64)],
    ['a pattern', 'changeme'.repeat(8).slice(0, 43)],
    ['counting', '0123456789abcdef'.repeat(4)],
  ])('refuses an encryption key that is %s, without repeating it', (_, text) => {
    const message = faultsOf({ ENCRYPTION_KEY: text });
    expect(message).toMatch(/ENCRYPTION_KEY: (must be 32 bytes|is not random)/);
    expect(message).not.toContain(text);
    expect(faultsOf({ ENCRYPTION_KEY_PREVIOUS: text })).toContain('ENCRYPTION_KEY_PREVIOUS');
  });

  it('refuses a session secret that is short or a pattern', () => {
    for (const text of ['secret', 'a'.repeat(40), 'changeme'.repeat(5)])
      expect(faultsOf({ NEXTAUTH_SECRET: text }), text).toContain('NEXTAUTH_SECRET');
  });

  it('takes a list of what webhooks may reach, closed by default', () => {
    expect(readEnvironment(complete()).EGRESS_ALLOW).toEqual([]);
    expect(readEnvironment({ ...complete(), EGRESS_ALLOW: ' 10.20.0.0/16, crm.internal:8080 ,' }).EGRESS_ALLOW).toEqual(
      ['10.20.0.0/16', 'crm.internal:8080'],
    );
  });

  it('refuses what is not an address where one is needed', () => {
    for (const name of ['NEXTAUTH_URL', 'EGRESS_PROXY', 'REHEARSAL_URL'])
      expect(faultsOf({ [name]: 'nowhere' })).toContain(name);
    expect(faultsOf({ DATABASE_URL: 'mysql://localhost' })).toContain('postgresql://');
  });

  it('takes an identity provider whole, and over https only, except on this machine', () => {
    const provider = { OIDC_CLIENT_ID: 'hookline', OIDC_CLIENT_SECRET: 'a secret' };
    for (const issuer of ['https://id.example.com/realms/acme', 'http://127.0.0.1:8080', 'http://localhost:8080/dex'])
      expect(faultsOf({ ...provider, OIDC_ISSUER: issuer }), issuer).toBe('');
    for (const issuer of ['http://id.example.com', 'http://127.0.0.1.example.com', 'ftp://127.0.0.1', 'id.example.com'])
      expect(faultsOf({ ...provider, OIDC_ISSUER: issuer }), issuer).toContain('OIDC_ISSUER');
    expect(faultsOf({ OIDC_ISSUER: 'https://id.example.com' })).toMatch(
      /OIDC_CLIENT_ID: is missing\n.*OIDC_CLIENT_SECRET/,
    );
  });
});

describe('compose.yaml', () => {
  const text = fs.readFileSync(path.join(import.meta.dirname, '../../compose.yaml'), 'utf8');
  const handedOn = new Map([...text.matchAll(/^ {4}([A-Z_]+): \$\{\1:-\}$/gm)].map(([, name]) => [name!, '']));

  it('hands on what is optional, and leaves it unset where it is empty', () => {
    expect([...handedOn.keys()]).toEqual(
      expect.arrayContaining(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'TRUST_PROXY']),
    );
    const read = readEnvironment({ ...complete(), ...Object.fromEntries(handedOn) });
    expect(read).toMatchObject({ OIDC_NAME: 'your organisation', TRUST_PROXY: '0', EGRESS_ALLOW: [] });
    expect(read.OIDC_ISSUER).toBeUndefined();
  });

  it('names only what docs/operations.md explains', () => {
    const docs = fs.readFileSync(path.join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    for (const name of handedOn.keys()) expect(docs, name).toContain(`\`${name}\``);
  });
});

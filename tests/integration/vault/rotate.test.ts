import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeDb, pool, prisma } from '../../../lib/db/index.ts';
import { keyRing, open, openSecret, rotateSecrets, seal } from '../../../lib/vault/index.ts';
import { SHELVES } from '../../../lib/vault/rotate.ts';
import { freshDatabase } from '../../support/database.ts';
import { temporaryFolder } from '../../support/folder.ts';

freshDatabase();

const newKey = () => randomBytes(32).toString('base64');
const ROOT = path.join(import.meta.dirname, '../../..');

/** Secrets of every kind, sealed with one key. */
async function secretsSealedWith(key: string, count: number) {
  const keys = keyRing(key);
  const { id: projectId } = await prisma().project.create({ data: { name: 'Rotation' } });
  const integrations = Array.from({ length: 3 }, (_, n) => {
    const id = randomUUID();
    const sealed = seal(`{"value":"integration ${n}"}`, { projectId, objectId: id, field: 'credentials' }, keys);
    return {
      id,
      projectId,
      name: `I${n}`,
      kind: 'api-key',
      prefix: 'https://x.example/',
      public: { parameter: 'key' },
      sealed,
    };
  });
  await prisma().integration.createMany({ data: integrations });
  const integrationId = integrations[0]!.id;
  const token = seal('{"token":"t"}', { projectId, objectId: integrationId, field: 'token' }, keys);
  await prisma().integrationToken.create({
    data: { integrationId, projectId, fingerprint: 'f', sealed: token, obtainedAt: new Date() },
  });
  const secrets = Array.from({ length: count }, (_, n) => {
    const id = randomUUID();
    const origin = n % 2 ? 'https://x.example' : null;
    const field = `value for ${origin ?? 'any origin'}`;
    return { id, projectId, origin, sealed: seal(`secret ${n}`, { projectId, objectId: id, field }, keys) };
  });
  await prisma().secret.createMany({ data: secrets });
  return { projectId, all: count + 4 };
}

/** How many of the stored secrets a key opens. */
async function openedWith(key: string): Promise<number> {
  const keys = keyRing(key);
  const opens = (read: () => unknown) => {
    try {
      read();
      return 1;
    } catch {
      return 0;
    }
  };
  const [integrations, tokens, secrets] = await Promise.all([
    prisma().integration.findMany(),
    prisma().integrationToken.findMany(),
    prisma().secret.findMany(),
  ]);
  let count = 0;
  for (const { id, projectId, sealed } of integrations)
    count += opens(() => open(sealed!, { projectId, objectId: id, field: 'credentials' }, keys));
  for (const { integrationId, projectId, sealed } of tokens)
    count += opens(() => open(sealed!, { projectId, objectId: integrationId, field: 'token' }, keys));
  for (const { id, projectId, origin, sealed } of secrets)
    count += opens(() => open(sealed, { projectId, objectId: id, field: `value for ${origin ?? 'any origin'}` }, keys));
  return count;
}

const clear = () => prisma().project.deleteMany({ where: { name: 'Rotation' } });

function rotation(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [path.join(ROOT, 'tools/rotate-secrets.ts')], {
    env: { ...process.env, DATABASE_URL: process.env.DATABASE_URL!, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout!.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    text += chunk;
  });
  return { child, output: () => text };
}

describe('npm run secrets:rotate', () => {
  it('survives being killed half-way: nothing is lost, and the next run finishes the work', async () => {
    await clear();
    const [before, after] = [newKey(), newKey()];
    const { all } = await secretsSealedWith(before, 3000);
    const env = { ENCRYPTION_KEY: after, ENCRYPTION_KEY_PREVIOUS: before };
    const first = rotation(env);
    while (!/[1-9]\d* of \d+ secrets/.test(first.output())) await once(first.child.stdout!, 'data');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const [old, fresh] = [await openedWith(before), await openedWith(after)];
    expect(fresh).toBeGreaterThan(0);
    expect(old).toBeGreaterThan(0);
    expect(old + fresh).toBe(all);

    const second = rotation(env);
    const [code] = await once(second.child, 'exit');
    expect(second.output()).toContain(`${all} secrets are sealed with the new key, ${old} of them just now`);
    expect(code).toBe(0);
    expect(await openedWith(after)).toBe(all);
    expect(await openedWith(before)).toBe(0);
  });

  it('asks for both keys where they come from the environment', async () => {
    const { child, output } = rotation({ ENCRYPTION_KEY: newKey() });
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output()).toContain('ENCRYPTION_KEY_PREVIOUS');
  });
});

describe('with keys of the installation’s own', () => {
  it('a new key is made, everything is sealed with it, and the old one goes; but not while Hookline runs', async () => {
    await clear();
    const folder = temporaryFolder();
    const file = path.join(folder, 'keys.json');
    const before = newKey();
    fs.writeFileSync(file, JSON.stringify({ ENCRYPTION_KEY: before, NEXTAUTH_SECRET: 'stays' }), { mode: 0o600 });
    const { all } = await secretsSealedWith(before, 3);
    const env = { HOOKLINE_DATA: folder, ENCRYPTION_KEY: '' };
    const early = rotation(env);
    expect((await once(early.child, 'exit'))[0]).toBe(1);
    expect(early.output()).toContain('Hookline is running');
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ ENCRYPTION_KEY: before, NEXTAUTH_SECRET: 'stays' });

    await closeDb();
    const { child, output } = rotation(env);
    expect([(await once(child, 'exit'))[0], output()]).toEqual([0, expect.stringContaining(`${all} secrets`)]);
    const keys = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>;
    expect(Object.keys(keys)).toEqual(['ENCRYPTION_KEY', 'NEXTAUTH_SECRET']);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(await openedWith(keys.ENCRYPTION_KEY!)).toBe(all);
    fs.rmSync(folder, { recursive: true });
  });

  it('goes on with the key that a rotation which was cut short had made', async () => {
    await clear();
    const folder = temporaryFolder();
    const file = path.join(folder, 'keys.json');
    const [before, after] = [newKey(), newKey()];
    fs.writeFileSync(
      file,
      JSON.stringify({ ENCRYPTION_KEY: after, ENCRYPTION_KEY_PREVIOUS: before, NEXTAUTH_SECRET: 's' }),
    );
    const { all } = await secretsSealedWith(before, 3);
    await closeDb();
    const { child } = rotation({ HOOKLINE_DATA: folder, ENCRYPTION_KEY: '' });
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ ENCRYPTION_KEY: after, NEXTAUTH_SECRET: 's' });
    expect(await openedWith(after)).toBe(all);
    fs.rmSync(folder, { recursive: true });
  });
});

describe('the rotation', () => {
  it('does nothing the second time', async () => {
    await clear();
    const [before, after] = [newKey(), newKey()];
    const { all } = await secretsSealedWith(before, 5);
    expect(await rotateSecrets(pool(), keyRing(after, before))).toEqual({ seen: all, wrapped: all, unreadable: [] });
    expect(await rotateSecrets(pool(), keyRing(after, before))).toEqual({ seen: all, wrapped: 0, unreadable: [] });
  });

  it('names what neither key opens and goes on with the rest', async () => {
    await clear();
    const [before, after] = [newKey(), newKey()];
    const { projectId, all } = await secretsSealedWith(before, 3);
    const lost = randomUUID();
    const sealed = seal('lost', { projectId, objectId: lost, field: 'value for any origin' }, keyRing(newKey()));
    await prisma().secret.create({ data: { id: lost, projectId, sealed } });
    const result = await rotateSecrets(pool(), keyRing(after, before));
    expect(result).toEqual({ seen: all + 1, wrapped: all, unreadable: [`secret ${lost}`] });
  });

  it('does not undo what somebody stored meanwhile', async () => {
    await clear();
    const [before, after] = [newKey(), newKey()];
    const { projectId } = await secretsSealedWith(before, 1);
    const secret = await prisma().secret.findFirstOrThrow({ where: { projectId } });
    const field = 'value for any origin';
    const place = { projectId, objectId: secret.id, field };
    const ring = keyRing(after, before);
    const query = async <Row>(text: string, values?: unknown[]) => {
      // Between reading and writing, the value is replaced.
      if (text.startsWith('UPDATE secret'))
        await prisma().secret.update({ where: { id: secret.id }, data: { sealed: seal('newer', place, ring) } });
      return pool().query(text, values) as unknown as Promise<{ rows: Row[] }>;
    };
    await rotateSecrets({ query }, ring);
    const { sealed } = await prisma().secret.findUniqueOrThrow({ where: { id: secret.id } });
    expect(open(sealed, place, ring)).toBe('newer');
  });

  it('knows every column that holds something sealed', async () => {
    const { rows } = await pool().query<{ table: string }>(
      `SELECT table_name AS table FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name LIKE '%sealed%' ORDER BY 1`,
    );
    expect(rows.map(({ table }) => table)).toEqual(SHELVES.map(({ table }) => table).sort());
  });

  it('leaves the secret headers readable where they are used', async () => {
    await clear();
    const before = newKey();
    const { projectId } = await secretsSealedWith(before, 2);
    const own = process.env.ENCRYPTION_KEY!;
    await rotateSecrets(pool(), keyRing(own, before));
    const secret = await prisma().secret.findFirstOrThrow({ where: { projectId } });
    expect(openSecret(secret)).toMatch(/^secret \d$/);
  });
});

import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { buildIfStale } from '../../tools/build.ts';
import { freePort, listens } from '../../tools/postgres.ts';
import { installationKeys, openDatabase, startChild } from '../../tools/stack.ts';
import { type Issued, newAuthority } from './certificates.ts';

/** Where the application of the browser tests listens; in the environment so that the tests' own processes see it. */
interface Running {
  url: string;
  databaseUrl: string;
  rehearsalUrl: string;
  signInLink: string;
  /** What the web process writes. */
  logFile: string;
  /** For servers that a story opens itself: ports that webhooks may reach, and a certificate for 127.0.0.1 that they trust. */
  receivers: { ports: [number, number, number, number]; certificate: Issued };
  /** Where a story's identity provider listens, and what the web app is known as there. */
  identity: { port: number; issuer: string; clientId: string; clientSecret: string; name: string };
}

/**
 * Global set-up of the browser tests: the whole product as `npm start` brings it up (production build, one worker, the
 * rehearsal target, the demo project), on free ports and a database of its own that is thrown away afterwards.
 */
export default async function startApplication(): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-e2e-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder, { durable: false });
  const [webPort, rehearsalPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${webPort}`;
  const rehearsalUrl = `http://127.0.0.1:${rehearsalPort}`;
  const ports: Running['receivers']['ports'] = [await keptPort(), await keptPort(), await keptPort(), await keptPort()];
  const authority = newAuthority();
  const authorityFile = path.join(folder, 'authority.pem');
  fs.writeFileSync(authorityFile, authority.cert);
  const identity = await identityOnKeptPort();
  const env = {
    ...installationKeys(folder).keys,
    DATABASE_URL: database.url,
    REHEARSAL_URL: rehearsalUrl,
    EGRESS_ALLOW: [rehearsalPort, ...ports].map((port) => `127.0.0.1:${port}`).join(),
    EGRESS_CA_FILE: authorityFile,
    OIDC_ISSUER: identity.issuer,
    OIDC_CLIENT_ID: identity.clientId,
    OIDC_CLIENT_SECRET: identity.clientSecret,
    OIDC_NAME: identity.name,
    LOG_LEVEL: 'warn',
  };
  Object.assign(process.env, env);
  const { newSignInLink, seedDemo } = await import('../../prisma/seed.ts');
  await seedDemo(rehearsalUrl);
  const signInLink = (await newSignInLink(url))!;
  buildIfStale();
  const rehearsal = await startChild('rehearsal', 'tools/start-rehearsal.ts', {
    ...env,
    REHEARSAL_PORT: String(rehearsalPort),
  });
  const worker = await startChild('worker', 'tools/start-worker.ts', env);
  const web = await startChild('web', 'tools/start-web.ts', { ...env, PORT: String(webPort), LOG_LEVEL: 'debug' });
  const logFile = path.join(folder, 'web.log');
  fs.writeFileSync(logFile, '');
  for (const output of [web.process.stdout!, web.process.stderr!])
    output.on('data', (chunk: Buffer) => fs.appendFileSync(logFile, chunk));
  const receivers = { ports, certificate: authority.issue({ name: 'receiver', hosts: ['127.0.0.1'] }) };
  const running: Running = {
    url,
    databaseUrl: database.url,
    rehearsalUrl,
    signInLink,
    logFile,
    receivers,
    identity,
  };
  process.env.HOOKLINE_E2E = JSON.stringify(running);
  return async () => {
    await web.stop();
    await worker.stop();
    await rehearsal.stop();
    const { closeDb } = await import('../../lib/db/index.ts');
    await closeDb();
    database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

/** A free port for a server that a story opens later: outgoing connections take theirs from 32768 up, and leave it alone. */
async function keptPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!(await listens(port))) return port;
  }
}

async function identityOnKeptPort(): Promise<Running['identity']> {
  const port = await keptPort();
  return {
    port,
    issuer: `http://127.0.0.1:${port}`,
    clientId: 'hookline',
    clientSecret: randomUUID(),
    name: 'Acme ID',
  };
}

/** The application that global set-up started. */
export function application(): Running {
  const text = process.env.HOOKLINE_E2E;
  if (!text) throw new Error('The application is not running: run the tests by "npm run test:e2e".');
  return JSON.parse(text) as Running;
}

/** Signs a page in as the demo admin by a fresh one-time link and leaves it on the project's scenarios. */
export async function signIn(page: Page): Promise<string> {
  const { newSignInLink } = await import('../../prisma/seed.ts');
  const { url } = application();
  await page.goto((await newSignInLink(url))!);
  const button = page.getByRole('button', { name: /sign in/i });
  await button.click().catch(() => {});
  await page.waitForURL(/\/p\/[^/]+\//);
  return new URL(page.url()).pathname.split('/')[2]!;
}

/** Keeps every text that the server gives to a page. */
export function everythingGiven(page: Page): string[] {
  const given: string[] = [];
  page.on('response', (response) => {
    response.text().then(
      (text) => given.push(text),
      // A redirect or an aborted request has no text.
      () => undefined,
    );
  });
  return given;
}

/** A new member of a project (or the demo project) with that role, signed in on a page of a browser context of its own. */
export async function memberPage(
  browser: Browser,
  role: 'admin' | 'developer' | 'marketer' | 'viewer',
  project?: string,
): Promise<Page> {
  const { prisma } = await import('../../lib/db/index.ts');
  const projectId = project ?? (await prisma().project.findFirstOrThrow({ where: { isDemo: true } })).id;
  const user = await prisma().user.create({
    data: {
      email: `${role}-${randomUUID()}@example.com`,
      name: `A ${role}`,
      memberships: { create: { projectId, role } },
    },
  });
  const token = randomUUID();
  await prisma().signInLink.create({
    data: {
      tokenHash: createHash('sha256').update(token).digest(),
      userId: user.id,
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${application().url}/auth/link?token=${token}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/p\/[^/]+\//);
  return page;
}

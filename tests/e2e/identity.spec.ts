import fs from 'node:fs';
import { type APIRequestContext, expect, type Page, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { tokenHash } from '../../lib/services/session.ts';
import { expectAccessible, setTheme } from '../support/accessibility.ts';
import { application } from '../support/app.ts';
import { type IdentityProvider, identityProvider, type Person, type Tampering } from '../support/identity-provider.ts';
import { closeServers } from '../support/servers.ts';

const REFUSED = 'no account here belongs to an e-mail address that it has verified';
const FAILED = 'did not succeed';
const tag = Date.now().toString(36);
const EVA: Person = { sub: 'eva-1', email: `eva-${tag}@example.com`, email_verified: true, name: 'Eva Novak' };

let provider: IdentityProvider;

test.beforeAll(async () => {
  const { url, identity } = application();
  const redirectUri = `${url}/api/auth/callback/identity`;
  provider = await identityProvider({ ...identity, redirectUri }, identity.port);
  provider.people.set(EVA.email, EVA);
});
test.beforeEach(() => {
  provider.tellsInToken = true;
  provider.tampering = {};
});
test.afterAll(closeServers);

const demoProject = async () => (await prisma().project.findFirstOrThrow({ where: { isDemo: true } })).id;

/** Makes somebody a member of the demo project, once. */
async function member({ email, name = email }: Person): Promise<string> {
  const user = await prisma().user.upsert({ where: { email }, create: { email, name }, update: {} });
  const of = { projectId: await demoProject(), userId: user.id };
  await prisma().membership.upsert({
    where: { projectId_userId: of },
    create: { ...of, role: 'marketer' },
    update: {},
  });
  return user.id;
}

/** Presses the button of the page and continues at the provider. */
async function signInAs(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Acme ID' }).click();
  await page.getByLabel('Address', { exact: true }).fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** The code with which the sign-in page was come back to. */
function refusalOf(address: string): string | null {
  const { pathname, searchParams } = new URL(address);
  return pathname === '/sign-in' ? searchParams.get('error') : null;
}

/** The same without a browser; gives where it ended and who is signed in then. */
async function exchange(request: APIRequestContext, email: string, change?: (authorise: URL) => void) {
  const { url } = application();
  const { csrfToken } = await (await request.get(`${url}/api/auth/csrf`)).json();
  const form = { csrfToken, callbackUrl: '/', json: 'true' };
  const begun = await (await request.post(`${url}/api/auth/signin/identity`, { form })).json();
  const authorise = new URL(begun.url);
  change?.(authorise);
  const ended = await request.post(authorise.href, { form: { email } });
  const session = await (await request.get(`${url}/api/auth/session`)).json();
  return { url: ended.url(), status: ended.status(), sessionId: (session as { sessionId?: string }).sessionId ?? null };
}

test('a member signs in with the identity provider, comes back to where they were going, and is out once the session is ended', async ({
  page,
}) => {
  await member(EVA);
  const project = await demoProject();
  const { url } = application();
  await page.goto(`${url}/p/${project}/data/customers?q=eva`);
  await expect(page).toHaveURL(/\/sign-in\?then=/);
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    await expectAccessible(page);
  }
  await signInAs(page, EVA.email);
  await page.waitForURL(`${url}/p/${project}/data/customers?q=eva`);
  const session = await prisma().session.findFirstOrThrow({ where: { user: { email: EVA.email } } });
  expect(session).toMatchObject({ address: '127.0.0.1', agent: expect.stringContaining('Mozilla') });

  await page.goto(`${url}/p/${project}/settings/general`);
  await prisma().session.update({ where: { id: session.id }, data: { revokedAt: new Date() } });
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('somebody who is invited gets the account by signing in there, without a password', async ({ page }) => {
  const email = `invited-${tag}@example.com`;
  provider.people.set(email, { sub: 'new-1', email, email_verified: true, name: 'Nora Newman' });
  const token = `invitation-${tag}`;
  await prisma().invitation.create({
    data: {
      projectId: await demoProject(),
      email,
      role: 'viewer',
      tokenHash: tokenHash(token),
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  await page.goto(`${application().url}/auth/invite?token=${token}`);
  await expect(page.getByText(`${email} is invited as viewer.`)).toBeVisible();
  await expectAccessible(page);
  await signInAs(page, email);
  await page.waitForURL(/\/p\/[^/]+\/campaigns\/scenarios/);
  const user = await prisma().user.findUniqueOrThrow({ where: { email }, include: { memberships: true } });
  expect(user).toMatchObject({ name: 'Nora Newman', passwordHash: null, memberships: [{ role: 'viewer' }] });
});

test('a stranger, an address that is not verified and a cancelled sign-in are told so, and nothing of who has an account', async ({
  page,
}) => {
  await member(EVA);
  const stranger = `stranger-${tag}@example.com`;
  provider.people.set(stranger, { sub: 'stranger', email: stranger, email_verified: true });
  provider.people.set('thief@example.com', { sub: 'thief', email: EVA.email, email_verified: false });
  const told: string[] = [];
  for (const email of [stranger, 'thief@example.com']) {
    await page.goto(`${application().url}/sign-in`);
    await signInAs(page, email);
    await expect(page.getByText(REFUSED)).toBeVisible();
    told.push(`${new URL(page.url()).search} ${await page.getByRole('main').innerText()}`);
  }
  expect(told[0]).toBe(told[1]);
  await expectAccessible(page);

  await page.goto(`${application().url}/p/${await demoProject()}/data/events`);
  await page.getByRole('button', { name: 'Sign in with Acme ID' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText(FAILED)).toBeVisible();
  await signInAs(page, EVA.email);
  await page.waitForURL(/data\/events$/);
});

test('claims are read from where the provider tells them, and only about the subject that signed in', async ({
  playwright,
}) => {
  const userId = await member(EVA);
  provider.tellsInToken = false;
  const fine = await exchange(await playwright.request.newContext(), EVA.email);
  expect(await prisma().session.findUniqueOrThrow({ where: { id: fine.sessionId! } })).toMatchObject({ userId });
  for (const userinfo of [
    (claims: object) => ({ ...claims, sub: 'somebody else' }),
    (claims: object) => ({ ...claims, email_verified: false }),
    (claims: object) => ({ ...claims, email_verified: 'yes' }),
    (claims: object) => ({ ...claims, email_verified: undefined }),
    () => ({ sub: EVA.sub, email: { is: EVA.email }, email_verified: true }),
  ]) {
    provider.tampering = { userinfo };
    const refused = await exchange(await playwright.request.newContext(), EVA.email);
    expect(refused, userinfo.toString()).toMatchObject({ sessionId: null, url: expect.stringContaining('error=') });
  }
});

const WRONG: [what: string, tampering: Tampering][] = [
  ['for another client', { claims: (all) => ({ ...all, aud: 'another-app' }) }],
  ['for two clients without saying which asked', { claims: (all) => ({ ...all, aud: ['hookline', 'another-app'] }) }],
  ['from another issuer', { claims: (all) => ({ ...all, iss: 'https://id.example.com' }) }],
  ['with another nonce', { claims: (all) => ({ ...all, nonce: 'of another sign-in' }) }],
  ['without a nonce', { claims: ({ nonce: _, ...all }) => all }],
  ['that has expired', { claims: (all) => ({ ...all, exp: Number(all.iat) - 60 }) }],
  ['without an end', { claims: ({ exp: _, ...all }) => all }],
  ['that is not valid yet', { claims: (all) => ({ ...all, nbf: Number(all.iat) + 600 }) }],
  ['without a subject', { claims: ({ sub: _, ...all }) => all }],
  ['signed with a key that is not published', { foreignKey: true }],
  ['with an altered signature', { signature: (text) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}` }],
  ['without a signature', { header: (all) => ({ ...all, alg: 'none' }), signature: () => '' }],
  ['signed with the published key as if it were a password', { header: (all) => ({ ...all, alg: 'HS256' }) }],
];

test('an ID token that is not right lets nobody in, and stands in no log', async ({ playwright }) => {
  await member(EVA);
  const sessions = await prisma().session.count();
  for (const [what, tampering] of WRONG) {
    provider.tampering = tampering;
    const { url, sessionId } = await exchange(await playwright.request.newContext(), EVA.email);
    expect(sessionId, what).toBeNull();
    expect(refusalOf(url), what).toBe('OAuthCallback');
  }
  expect(await prisma().session.count()).toBe(sessions);
  const log = fs.readFileSync(application().logFile, 'utf8');
  expect(log).toContain('OAUTH_CALLBACK_ERROR');
  expect(log).not.toContain(application().identity.clientSecret);
  expect(log).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

test('an answer to another sign-in lets nobody in: another state, a code of somebody else, none, one without the cookie', async ({
  playwright,
}) => {
  await member(EVA);
  const { url } = application();
  provider.tampering = { redirect: (address) => address.searchParams.set('state', 'of another') };
  const wrongState = await exchange(await playwright.request.newContext(), EVA.email);
  expect(wrongState).toMatchObject({ sessionId: null, url: expect.stringContaining('error=OAuthCallback') });
  provider.tampering = { redirect: (address) => address.searchParams.set('code', 'guessed') };
  const wrongCode = await exchange(await playwright.request.newContext(), EVA.email);
  expect(wrongCode).toMatchObject({ sessionId: null, url: expect.stringContaining('error=OAuthCallback') });

  // The address that a victim would be lured to: the thief's own code and state.
  let lure = '';
  provider.tampering = {
    redirect(address) {
      lure = address.href;
      address.searchParams.delete('code');
    },
  };
  await exchange(await playwright.request.newContext(), EVA.email);
  const victim = await playwright.request.newContext();
  await victim.get(lure);
  expect(await (await victim.get(`${url}/api/auth/session`)).json()).toEqual({});
  for (const query of ['', '?code=x', '?state=x', `?error=access_denied&error_description=<b>x</b>`]) {
    const answer = await victim.get(`${url}/api/auth/callback/identity${query}`);
    expect(refusalOf(answer.url()), query).toMatch(/Callback$/);
    expect(await answer.text(), query).not.toContain('<b>x');
  }
});

test('a sign-in begins only from our own pages, leads only to our own addresses, and tells when the provider is away', async ({
  page,
  playwright,
}) => {
  await member(EVA);
  const { url } = application();
  const foreign = await playwright.request.newContext();
  const begun = await foreign.post(`${url}/api/auth/signin/identity`, { form: { callbackUrl: '/', json: 'true' } });
  expect((await begun.json()).url).not.toContain(provider.server.origin);
  for (const elsewhere of ['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)']) {
    const request = await playwright.request.newContext();
    const { csrfToken } = await (await request.get(`${url}/api/auth/csrf`)).json();
    const form = { csrfToken, callbackUrl: elsewhere, json: 'true' };
    const { url: authorise } = await (await request.post(`${url}/api/auth/signin/identity`, { form })).json();
    const ended = await request.post(authorise, { form: { email: EVA.email } });
    expect(new URL(ended.url()).origin, elsewhere).toBe(url);
    expect(new URL(ended.url()).pathname, elsewhere).toMatch(/^\/p\//);
  }

  await closeServers();
  await page.goto(`${url}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with Acme ID' }).click();
  await expect(page.getByText(FAILED)).toBeVisible();
  await expectAccessible(page);
});

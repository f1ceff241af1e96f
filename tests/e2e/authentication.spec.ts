import { randomUUID } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { application, everythingGiven, memberPage } from '../support/app.ts';
import { newAuthority } from '../support/certificates.ts';
import { newScenario, openWebhook, write } from '../support/editor.ts';
import { guardedApi, isSignedBy } from '../support/guarded-api.ts';
import { responsys } from '../support/responsys.ts';
import { closeServers, httpServer, type Seen } from '../support/servers.ts';

// A developer makes each kind of authentication and tests it; a marketer sends with each of them. The receivers answer 200
// only to the right credentials, and repeat them.

const CANARY = `canary-${randomUUID()}`;
const HOUR = 3_600_000;

test.afterAll(closeServers);

async function receivers() {
  const { ports, certificate } = application().receivers;
  const oracle = { user: 'hookline_api', password: `${CANARY}&123=+` };
  const clients = newAuthority('Clients of the bank');
  const guard = {
    basic: { username: 'ann', password: `${CANARY}-basic` },
    headers: { Authorization: `Bearer ${CANARY}-bearer`, 'X-Source': 'hookline' },
    oauth: { clientId: 'hookline', clientSecret: `${CANARY}-client`, scope: 'messages:write' },
    key: { parameter: 'api_key', value: `${CANARY}-key` },
    signed: [],
  };
  return {
    api: await guardedApi(guard, ports[0]),
    oracle: { ...(await responsys(oracle, { login: ports[1], api: ports[2] })), account: oracle },
    // Whoever shows no certificate of this authority does not get through the handshake.
    bank: await httpServer(
      (response) => response.end('{}'),
      { ...certificate, ca: clients.cert, requestCert: true, rejectUnauthorized: true },
      ports[3],
    ),
    client: clients.issue({ name: 'hookline-client' }),
  };
}

type Receivers = Awaited<ReturnType<typeof receivers>>;

interface Kind {
  /** Of its card in the catalogue, and of the integration. */
  title: string;
  name: string;
  prefix: string;
  fill: (page: Page) => Promise<void>;
  /** Path of the test request; null where the login alone is tested. */
  testPath: string | null;
  /** What a marketer writes as the URL. */
  url: string;
  /** The requests that arrived, and whether each had what it needs. */
  seen: () => { all: Seen[]; isRight: (request: Seen) => boolean };
}

function kindsOf({ api, oracle, bank, client }: Receivers): Kind[] {
  const { guard, server } = api;
  const below = (path: string, isRight: (request: Seen) => boolean) => () => ({
    all: server.seen.filter(({ url }) => url.startsWith(path)),
    isRight,
  });
  const card = 'HTTP Authentication Schemas';
  const basic = `Basic ${Buffer.from(`ann:${guard.basic.password}`).toString('base64')}`;
  return [
    {
      title: card,
      name: 'Basic',
      prefix: `${server.origin}/basic`,
      async fill(page) {
        await page.getByLabel('User name').fill(guard.basic.username);
        await page.getByLabel('Password').fill(guard.basic.password);
      },
      testPath: '/me',
      url: `${server.origin}/basic/messages`,
      seen: below('/basic', ({ headers }) => headers.authorization === basic),
    },
    {
      title: card,
      name: 'Bearer and a public header',
      prefix: `${server.origin}/headers`,
      async fill(page) {
        await page.getByRole('radio', { name: 'Custom headers' }).click();
        await page.getByLabel(/^Value of header 1/).fill(guard.headers.Authorization!);
        await page.getByRole('button', { name: 'Add header' }).click();
        await page.getByLabel(/^Name of header 2/).fill('X-Source');
        await page
          .getByRole('radiogroup', { name: 'Visibility of header 2' })
          .getByRole('radio', { name: 'Public' })
          .click();
        await page.getByLabel(/^Value of header 2/).fill('hookline');
      },
      testPath: '/me',
      url: `${server.origin}/headers/messages`,
      seen: below(
        '/headers',
        ({ headers }) =>
          headers.authorization === guard.headers.Authorization && headers['x-source'] === guard.headers['X-Source'],
      ),
    },
    {
      title: 'Responsys',
      name: 'Oracle',
      prefix: oracle.login.origin,
      async fill(page) {
        await expect(page.getByText('Use an account of its own')).toBeVisible();
        await page.getByLabel('User name').fill(oracle.account.user);
        await page.getByLabel('Password').fill(oracle.account.password);
        await page.getByRole('checkbox', { name: 'Send a request after the login' }).click();
      },
      testPath: '/rest/api/v1.3/campaigns',
      url: '/rest/api/v1.3/campaigns/spring/email',
      seen: () => ({
        all: oracle.api.seen,
        isRight: ({ headers }) => /^TOKEN-1-x+$/.test(headers.authorization ?? ''),
      }),
    },
    {
      title: 'OAuth 2.0 client credentials',
      name: 'Client credentials',
      prefix: `${server.origin}/oauth/api`,
      async fill(page) {
        await page.getByLabel('Token address').fill(`${server.origin}/oauth/token`);
        await page.getByRole('textbox', { name: /^Client ID/ }).fill(guard.oauth.clientId);
        await page.getByLabel('Client secret').fill(guard.oauth.clientSecret);
        await page.getByLabel('Scope').fill(guard.oauth.scope);
      },
      testPath: null,
      url: `${server.origin}/oauth/api/messages`,
      seen: below('/oauth/api', ({ headers }) => headers.authorization === `Bearer ${api.tokens[0]}`),
    },
    {
      title: 'API key in the URL',
      name: 'Query key',
      prefix: `${server.origin}/key`,
      fill: (page) => page.getByLabel('API key').fill(guard.key.value),
      testPath: '/me',
      url: `${server.origin}/key/messages?lang=cs`,
      seen: below('/key', ({ url }) => new URL(url, server.origin).searchParams.get('api_key') === guard.key.value),
    },
    {
      title: 'Webhook signature',
      name: 'Signed',
      prefix: `${server.origin}/signed`,
      fill: async () => {},
      testPath: '/me',
      url: `${server.origin}/signed/messages`,
      seen: below('/signed', (request) => isSignedBy(request, guard.signed)),
    },
    {
      title: 'Client certificate',
      name: 'Bank',
      prefix: `${bank.origin}/v1`,
      async fill(page) {
        await page.getByLabel(/^Certificate/).fill(client.cert);
        await page.getByLabel('Private key').fill(client.key);
      },
      testPath: '/me',
      url: `${bank.origin}/v1/messages`,
      seen: () => ({ all: bank.seen, isRight: () => true }),
    },
  ];
}

/** Makes an integration through the catalogue and tests it; a signing secret is given to the receiver in between. */
async function makeAndTest(page: Page, project: string, kind: Kind, signed: string[]): Promise<void> {
  await page.goto(`${application().url}/p/${project}/data/integrations/new`);
  await page.getByRole('link', { name: kind.title }).click();
  await page.waitForURL(/kind=/);
  await page.getByLabel(/^Name/).first().fill(kind.name);
  await page.getByLabel(/Endpoint prefix|Login endpoint/).fill(kind.prefix);
  await kind.fill(page);
  if (kind.testPath) await page.getByLabel('Path').fill(kind.testPath);
  if (kind.title === 'Webhook signature') {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    signed.push(await takeSecret(page));
    await page.waitForURL(/integrations\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
  } else await page.getByRole('button', { name: 'Save and test' }).click();
  await expect(page.getByText(/^Tested just now/), kind.name).toBeVisible();
  const state = page.getByText(kind.testPath ? 'The endpoint answered 200.' : 'The login succeeded.');
  await expect(state).toContainText(/\d+ ms/);
  await expectAccessible(page);
  expect(await page.content()).not.toMatch(
    new RegExp(`${CANARY}|whsec_[A-Za-z0-9+/]|PRIVATE KEY-----\\s*[A-Za-z0-9+/]`),
  );
}

/** Reads the secret that is shown once. */
async function takeSecret(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Copy the signing secret now' });
  const secret = await dialog.getByText(/^whsec_/).innerText();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  return secret;
}

test('a developer makes and tests each kind of authentication; a marketer sends with each and sees no credential', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const third = await receivers();
  const { signed } = third.api.guard;
  const kinds = kindsOf(third);
  const { id: project } = await prisma().project.create({ data: { name: 'Authentication' } });
  await prisma().customer.createMany({
    data: ['eva', 'jan', 'ola'].map((name) => ({ projectId: project, properties: { email: `${name}@example.com` } })),
  });

  const developer = await memberPage(browser, 'developer', project);
  for (const kind of kinds) await makeAndTest(developer, project, kind, signed);

  // Rotation: the receiver is given the second secret while the first still signs.
  await developer.goto(`${application().url}/p/${project}/data/integrations`);
  await developer.getByRole('link', { name: 'Signed' }).click();
  await developer.getByRole('button', { name: 'New signing secret' }).click();
  await developer.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
  signed.push(await takeSecret(developer));
  await expect(developer.getByText(/Two secrets sign until/)).toBeVisible();
  await developer.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(developer.getByText(/^Tested just now/)).toBeVisible();

  // Later the list tells how old each test is.
  await developer.clock.setFixedTime(Date.now() + 3 * HOUR);
  await developer.goto(`${application().url}/p/${project}/data/integrations`);
  await expect(developer.getByText('Tested 3 hr. ago')).toHaveCount(kinds.length);
  await expectAccessible(developer);
  await developer.context().close();

  const marketer = await memberPage(browser, 'marketer', project);
  const given = everythingGiven(marketer);
  await newScenario(marketer, project, 'With credentials', 'Send to everyone now');
  const editor = await openWebhook(marketer);
  for (const kind of kinds) {
    const before = kind.seen().all.length;
    await editor.getByRole('tab', { name: 'Editor' }).click();
    await write(marketer, 'URL', kind.url);
    await editor.getByRole('combobox', { name: 'Authentication' }).click();
    await marketer.getByRole('option', { name: kind.name }).click();
    await editor.getByRole('tab', { name: 'Test', exact: true }).click();
    await editor.getByRole('button', { name: 'Test webhook' }).click();
    await editor.getByRole('button', { name: /^Done/ }).click();
    await expect(editor.getByRole('region', { name: 'Response' }), kind.name).toContainText('200');
    const { all, isRight } = kind.seen();
    expect(all.length, kind.name).toBe(before + 1);
    expect(all.every(isRight), kind.name).toBe(kind.name !== 'Signed');
    expect(isRight(all.at(-1)!), kind.name).toBe(true);
  }
  await expectAccessible(marketer);

  // The last of them, the certificate, in a real run.
  await editor.getByRole('button', { name: 'Close' }).click();
  await marketer.getByRole('button', { name: 'Start', exact: true }).click();
  await marketer.getByRole('dialog').getByRole('button', { name: 'Start scenario' }).click();
  await marketer.waitForURL(/evaluate/);
  await expect.poll(() => third.bank.seen.length).toBe(2 + 3);
  await expect(marketer.getByText('Done', { exact: true }).first()).toBeVisible();

  const secrets = [CANARY, 'canary-access-token', 'TOKEN-1', ...signed, ...third.client.key.split('\n').slice(1, 3)];
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  forms.push(Buffer.from(`ann:${third.api.guard.basic.password}`).toString('base64'));
  const shown = [...given, await marketer.content()].join('\n');
  expect(shown).toContain('[secret]');
  expect(forms.filter((form) => shown.includes(form))).toEqual([]);
});

import { expect, test } from '@playwright/test';
import { application, signIn } from '../support/app.ts';

// What only the whole application shows: headers, the Content-Security-Policy, and ways around the sign-in.

const SIGNED_IN_PAGES = [
  'campaigns/scenarios',
  'data/customers',
  'data/integrations',
  'data/integrations/new',
  'settings/general',
  'settings/audit',
];

test('every page carries the headers that keep other sites out', async ({ page }) => {
  const project = await signIn(page);
  for (const path of SIGNED_IN_PAGES) {
    const response = await page.request.get(`${application().url}/p/${project}/${path}`);
    const headers = response.headers();
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers['x-powered-by'], path).toBeUndefined();
    const policy = headers['content-security-policy']!;
    expect(policy, path).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{22,}' 'strict-dynamic'/);
    for (const directive of [
      "default-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ])
      expect(policy, path).toContain(directive);
    // FW-007: a private page is nobody else's to keep.
    expect(headers['cache-control'], path).toMatch(/no-store|private/);
  }
});

test('each page has a nonce of its own, and no page asks another host for anything', async ({ page }) => {
  const project = await signIn(page);
  const foreign: string[] = [];
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^https?:$/.test(protocol) && host !== new URL(application().url).host) foreign.push(request.url());
  });
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) violations.push(message.text());
  });
  const nonces = new Set<string>();
  for (const path of SIGNED_IN_PAGES) {
    const address = `${application().url}/p/${project}/${path}`;
    const response = await page.request.get(address);
    nonces.add(/'nonce-([^']+)'/.exec(response.headers()['content-security-policy']!)![1]!);
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect(nonces.size).toBe(SIGNED_IN_PAGES.length);
  expect(foreign).toEqual([]);
  expect(violations).toEqual([]);
});

test('nothing opens without signing in: no header (FW-001), no method, no spelling of a path (AP-023)', async ({
  request,
  page,
}) => {
  const project = await signIn(page);
  const { url } = application();
  const subrequest = { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' };
  const there = await request.get(`${url}/p/${project}/settings/audit`, { headers: subrequest, maxRedirects: 0 });
  expect([302, 303, 307, 308]).toContain(there.status());
  expect(there.headers().location).toContain('/sign-in');
  for (const path of [
    '/api/call/audit.list',
    '/API/call/audit.list',
    '/api//call/audit.list',
    '/api/call/audit.list/',
    '/api/call/%61udit.list',
    '/api/call/audit.list;x',
  ])
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const response = await request.fetch(`${url}${path}`, {
        method,
        headers: { ...subrequest, 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' },
        ...(method === 'GET' || method === 'HEAD' ? {} : { data: JSON.stringify({ project, input: {} }) }),
        maxRedirects: 0,
      });
      expect(await response.text().catch(() => ''), `${method} ${path}`).not.toContain('"entries"');
      expect(response.status(), `${method} ${path}`).not.toBe(200);
    }
});

test('a call from another site is refused although the cookie comes along', async ({ page }) => {
  const project = await signIn(page);
  const { url } = application();
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test' },
  ] as Record<string, string>[]) {
    const response = await page.request.post(`${url}/api/call/policy.list`, {
      headers: { 'content-type': 'application/json', ...headers },
      data: JSON.stringify({ project, input: {} }),
    });
    expect(response.status(), JSON.stringify(headers)).toBe(403);
  }
});

test('the session’s cookie is out of reach for scripts and other sites', async ({ page, context }) => {
  await signIn(page);
  const session = (await context.cookies()).find(({ name }) => name.endsWith('hookline-session'))!;
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(await page.evaluate(() => document.cookie)).not.toContain('session');
});

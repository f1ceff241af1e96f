import { expect, type Page, test } from '@playwright/test';
import type { Operation } from '../../lib/core/operations.ts';
import { expectAccessible, setTheme } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';

/** A scenario that sends one request to the target for every customer whose email begins with "a". */
async function newScenario(page: Page, project: string, target: string): Promise<string> {
  const { newNode, emptyDocument } = await import('../../lib/core/document.ts');
  const { apply } = await import('../../lib/core/operations.ts');
  const at = { x: 0, y: 0 };
  const now = newNode(emptyDocument(), 'now', 'start', at);
  const { document } = apply(emptyDocument(), { type: 'add', nodes: [now], edges: [] });
  const criterion = { kind: 'property' as const, property: 'email', operator: 'starts with' as const, value: 'a' };
  const choice = {
    ...newNode(document, 'condition', 'choice', { x: 300, y: 0 }),
    settings: {
      mode: 'filter' as const,
      filter: { groups: [{ negate: false, criteria: [{ ...criterion, value2: '' }] }] },
      expression: '',
    },
  };
  const blank = newNode(document, 'webhook', 'send', { x: 600, y: 0 });
  const send = {
    ...blank,
    number: 3,
    name: 'Send a card',
    settings: {
      ...blank.settings,
      url: `${application().rehearsalUrl}/t/${target}/cards`,
      payload: '{ "to": "{{ customer.email }}" }',
    },
  };
  const operations: Operation[] = [
    {
      type: 'add',
      nodes: [now, choice, send],
      edges: [
        { id: 'e1', from: 'start', port: 'out', to: 'choice' },
        { id: 'e2', from: 'choice', port: 'yes', to: 'send' },
      ],
    },
  ];
  const { id } = await call<{ id: string }>(page, 'scenario.create', project, { name: `Cards ${target}` });
  await call(page, 'scenario.edit', project, { id, revision: 0, operations });
  return id;
}

/** Asks a verb as the page does. */
async function call<Answer>(page: Page, verb: string, project: string, input: object): Promise<Answer> {
  const answer = await page.evaluate(
    async ([name, body]) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`/api/call/${name}`, { method: 'POST', headers, body: body! })).json();
    },
    [verb, JSON.stringify({ project, input })],
  );
  expect(answer, `${verb} is answered`).toMatchObject({ ok: true });
  return answer.value as Answer;
}

test('a webhook that is stopped by its receiver is told, mended, resumed, and looked into down to one customer', async ({
  page,
}) => {
  const { url } = application();
  const target = `cards${Date.now()}`;
  const project = await signIn(page);

  // The receiver refuses everything.
  await page.goto(`${url}/p/${project}/data/rehearsal/${target}`);
  await page.getByLabel('Errors', { exact: true }).fill('100');
  await page.getByLabel('Status of errors').fill('404');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('100 % are answered 404.')).toBeVisible();
  await expectAccessible(page);

  const id = await newScenario(page, project, target);
  await call(page, 'scenario.start', project, { id });
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}/evaluate`);
  const banner = page.getByRole('alert').filter({ hasText: 'Send a card got 404' });
  await expect(banner).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);

  // It is mended, and the rest is sent.
  await call(page, 'rehearsal.behave', project, { target, behaviour: { latencyMs: 1 } });
  await banner.getByRole('button', { name: 'Resume' }).click();
  await expect(banner).toBeHidden({ timeout: 60_000 });
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 90_000 });

  // The numbers add up, and the rejected were those before.
  const numbers = page.getByRole('region', { name: 'Numbers by node' });
  const cells = await numbers
    .getByRole('row', { name: /Send a card/ })
    .getByRole('cell')
    .allInnerTexts();
  const [entered, waiting, inFlight, delivered, rejected, unknown, skipped] = cells
    .slice(1)
    .map((text) => Number(text.replaceAll(',', '')));
  expect(entered).toBeGreaterThan(0);
  expect(delivered).toBeGreaterThan(0);
  expect(rejected).toBeGreaterThan(0);
  expect([waiting, inFlight, unknown, skipped]).toEqual([0, 0, 0, 0]);
  expect(delivered! + rejected!).toBe(entered);

  // The filters stand in the address.
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Rejected' }).click();
  await page.getByLabel('Status', { exact: true }).fill('404');
  await expect(page).toHaveURL(/outcome=rejected&status=404/);
  await page.reload();
  const requests = page.getByRole('table', { name: 'Requests' });
  await expect(requests.getByRole('row')).toHaveCount(Math.min(rejected!, 50) + 1);

  await requests.getByRole('row').filter({ hasText: '404' }).first().click();
  const drawer = page.getByRole('dialog', { name: /^Request / });
  await expect(drawer).toContainText(/Send a card got 404 from 127\.0\.0\.1:\d+/);
  await expect(drawer.getByRole('region', { name: 'Body' })).toContainText('"to": "•••"');
  await drawer.getByRole('button', { name: 'Reveal values' }).click();
  await expect(drawer.getByRole('region', { name: 'Body' })).toContainText('"to": "a');
  await drawer.getByRole('tab', { name: /Response/ }).click();
  await expect(drawer).toContainText('The rehearsal target was told to fail');
  await drawer.getByRole('tab', { name: /People/ }).click();
  await drawer.getByRole('table', { name: 'People of the request' }).getByRole('row').nth(1).click();
  const journey = page.getByRole('dialog');
  await expect(journey).toContainText('Entered when the run started.');
  await expect(journey).toContainText('Send a card was rejected');
  await setTheme(page, 'dark');
  await expect(journey).toContainText('Send a card was rejected');
  await expectAccessible(page);

  // What was rejected is sent again, and now everybody has a card.
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}/evaluate`);
  await page.getByRole('region', { name: 'Requests' }).getByRole('button', { name: 'Send again' }).click();
  const replay = page.getByRole('dialog', { name: 'Send requests again' });
  await expectAccessible(page);
  // Nothing was answered that long ago.
  await replay.getByLabel('Answered before').fill('2020-01-01T12:00');
  await replay.getByRole('button', { name: 'Send again' }).click();
  await expect(replay).toContainText('No finished request matches');
  await replay.getByLabel('Answered before').fill('');
  await replay.getByLabel('Answered from').fill('2020-01-01T12:00');
  // Slowly, so that it can be watched.
  await replay.getByLabel('At most').fill('5');
  await replay.getByRole('button', { name: 'Send again' }).click();
  await expect(replay).toBeHidden({ timeout: 60_000 });
  const again = page.getByRole('region', { name: 'Sent again' });
  await expect(again).toContainText('at most 5 requests a second', { timeout: 30_000 });
  await expectAccessible(page);
  const row = numbers.getByRole('row', { name: /Send a card/ }).getByRole('cell');
  await expect(row.nth(4)).toHaveText(entered!.toLocaleString('en'), { timeout: 90_000 });
  await expect(row.nth(5)).toHaveText('0');
});

test('a run is paused, resumed and stopped, and the people behind a number are shown', async ({ page }) => {
  const { url } = application();
  const target = `slow${Date.now()}`;
  const project = await signIn(page);
  await page.goto(`${url}/p/${project}/data/rehearsal/${target}`);
  await page.getByRole('combobox', { name: 'Preset' }).click();
  await page.getByRole('option', { name: /^Slow/ }).click();
  await expect(page.getByText('Answers after 1000 to 3000 ms.')).toBeVisible();
  await page.getByLabel('Latency').fill('12000');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Answers after 12000 to 14000 ms.')).toBeVisible();

  const id = await newScenario(page, project, target);
  await call(page, 'scenario.start', project, { id });
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}/evaluate`);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Running', { exact: true })).toBeVisible({ timeout: 30_000 });

  const numbers = page.getByRole('region', { name: 'Numbers by node' });
  await numbers
    .getByRole('row', { name: /Send a card/ })
    .getByRole('cell')
    .nth(1)
    .getByRole('button')
    .click();
  const people = page.getByRole('dialog', { name: /^Entered/ });
  await people.getByRole('table', { name: 'Customers' }).getByRole('row').filter({ hasText: /\d/ }).first().click();
  await expect(page.getByRole('dialog')).toContainText('Entered when the run started.');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  await page.getByRole('region', { name: 'Run 1' }).getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('menuitem', { name: 'Stop immediately' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop immediately' }).click();
  await expect(page.getByText('Stopped', { exact: true })).toBeVisible({ timeout: 60_000 });
  const cells = await numbers
    .getByRole('row', { name: /Send a card/ })
    .getByRole('cell')
    .allInnerTexts();
  const [entered, ...parts] = cells.slice(1).map((text) => Number(text.replaceAll(',', '')));
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(entered);
  await expectAccessible(page);
});

test('a policy of active scenarios is deleted: one goes on under another policy, one is stopped', async ({ page }) => {
  const project = await signIn(page);
  const stamp = Date.now();
  const policy = async (name: string) =>
    (await call<{ id: string }>(page, 'policy.create', project, { name, concurrency: 5, rate: null, isDefault: false }))
      .id;
  const old = await policy(`Old gateway ${stamp}`);
  const next = await policy(`New gateway ${stamp}`);
  const stays = await waitingScenario(page, project, `Stays ${stamp}`, old);
  const stops = await waitingScenario(page, project, `Stops ${stamp}`, old);

  await page.goto(`${application().url}/p/${project}/settings/throughput-policies`);
  const row = page.getByRole('row', { name: `Old gateway ${stamp}` });
  await row.getByRole('button', { name: /delete/i }).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: /^Delete/ });
  await expect(confirm).toBeDisabled();
  await choose(page, `What Stays ${stamp} uses instead`, `New gateway ${stamp}`);
  await expect(confirm).toBeDisabled();
  await choose(page, `What Stops ${stamp} uses instead`, 'Stop it');
  await expectAccessible(page);
  await expect(dialog.getByText('everybody else who is inside is skipped')).toBeVisible();
  await confirm.click();
  await expect(row).toHaveCount(0);

  const statusOf = async (id: string) =>
    await call<{ status: string; draft: unknown }>(page, 'scenario.open', project, { id });
  expect((await statusOf(stays)).status).toBe('active');
  expect(JSON.stringify(await statusOf(stays))).toContain(next);
  expect((await statusOf(stops)).status).toBe('inactive');
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('dialog').getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

/** An active scenario that waits for events, with a webhook under this policy. */
async function waitingScenario(page: Page, project: string, name: string, policyId: string): Promise<string> {
  const { newNode, emptyDocument } = await import('../../lib/core/document.ts');
  const trigger = newNode(emptyDocument(), 'on-event', 'event', { x: 0, y: 0 });
  const blank = newNode(emptyDocument(), 'webhook', 'send', { x: 300, y: 0 });
  const { id } = await call<{ id: string }>(page, 'scenario.create', project, { name });
  const url = `${application().rehearsalUrl}/t/policies/cards`;
  const operation = {
    type: 'add',
    nodes: [
      { ...trigger, settings: { ...trigger.settings, event: 'never' } },
      { ...blank, number: 2, settings: { ...blank.settings, url, policyId, payload: '{}' } },
    ],
    edges: [{ id: 'e1', from: 'event', port: 'out', to: 'send' }],
  };
  await call(page, 'scenario.edit', project, { id, revision: 0, operations: [operation] });
  await call(page, 'scenario.start', project, { id });
  return id;
}

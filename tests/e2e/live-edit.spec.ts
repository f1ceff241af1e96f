import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';
import { booksOf, openWebhook, write } from '../support/editor.ts';

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

/** Who does something leads to a wait of a day, and that to a webhook. */
async function newScenario(page: Page, project: string, { event, target }: { event: string; target: string }) {
  const { rowOf, webhookStep } = await import('../support/scenarios.ts');
  const { nodes, edges } = rowOf(
    ['on-event', { event }],
    ['wait', { amount: 1, unit: 'days' }],
    webhookStep({
      url: `${application().rehearsalUrl}/t/${target}/cards`,
      payload: '{ "email": "{{ customer.email }}", "card": "plain" }',
    }),
  );
  const { id } = await call<{ id: string }>(page, 'scenario.create', project, { name: `Cards ${target}` });
  await call(page, 'scenario.edit', project, { id, revision: 0, operations: [{ type: 'add', nodes, edges }] });
  return id;
}

/** Some customers of the project do something. */
async function happens(page: Page, project: string, type: string, who: string[]): Promise<void> {
  await call(page, 'event.receive', project, {
    events: who.map((registered) => ({ customer_ids: { registered }, event_type: type, properties: {} })),
  });
}

const bodies = async (target: string): Promise<{ email: string; card: string }[]> => {
  const answer = await fetch(`${application().rehearsalUrl}/_requests/${target}?limit=50`);
  return ((await answer.json()) as { body: string }[]).map(({ body }) => JSON.parse(body));
};

test('a running scenario is changed: people in a deleted wait are moved, and newcomers get the new request', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const { url } = application();
  const target = `live${Date.now()}`;
  const project = await signIn(page);
  const id = await newScenario(page, project, { event: target, target });

  // It runs, and three people wait.
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: 'Start scenario' }).click();
  await page.waitForURL(/\/evaluate/);
  await happens(page, project, target, ['live-1', 'live-2', 'live-3']);
  await page.getByRole('link', { name: 'Design' }).click();
  const card = (name: string) => page.locator('.react-flow__node', { hasText: name });
  await expect(card('Wait')).toContainText('3', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Publish changes' })).toBeHidden();

  // The draft says something else: the wait goes, and the card is another one.
  const editor = await openWebhook(page);
  await write(page, 'Payload', '{ "email": "{{ customer.email }}", "card": "golden" }');
  await page.keyboard.press('Escape');
  await expect(editor).toBeHidden();
  await card('Wait').click();
  await page.keyboard.press('Delete');
  await expect(card('Wait')).toBeHidden();
  await expect(page.locator('.react-flow__edge')).toHaveCount(1);
  await expect(page.getByText('changes not live')).toBeVisible({ timeout: 30_000 });

  // Whom it meets is told before it happens.
  await page.getByRole('button', { name: 'Publish changes' }).click();
  const dialog = page.getByRole('dialog', { name: `Publish changes to Cards ${target}?` });
  const row = (name: string) => dialog.getByRole('row', { name: new RegExp(`^${name}`) });
  await expect(row('#2 Wait')).toContainText('Deleted');
  await expect(row('#2 Wait').getByRole('cell').last()).toHaveText('3');
  await expect(row('#3 Webhook')).toContainText('payload');
  await expect(row('#1 On event')).toContainText('leads to #3 Webhook');
  const publish = dialog.getByRole('button', { name: 'Publish changes' });
  await expect(publish).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('combobox', { name: 'What becomes of those in Wait' }).click();
  await page.getByRole('option', { name: /Go on at #3 Webhook/ }).click();
  await publish.click();
  await expect(page.getByText('Version 2 runs from now on')).toBeVisible();
  await expect(page.getByText('changes not live')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Publish changes' })).toBeHidden();

  // Those who waited went on, and newcomers take the new way at once.
  await expect.poll(async () => (await booksOf(target)).requests, { timeout: 30_000 }).toBe(3);
  await happens(page, project, target, ['live-4']);
  await expect.poll(async () => (await booksOf(target)).requests, { timeout: 30_000 }).toBe(4);
  expect((await bodies(target)).map((body) => body.card)).toEqual(['golden', 'golden', 'golden', 'golden']);

  // The numbers of the deleted node stay, with their reason.
  await page.getByRole('link', { name: 'Evaluate' }).click();
  const numbers = page.getByRole('region', { name: 'Numbers by node' });
  const wait = numbers.getByRole('row', { name: /^#2 Wait/ });
  await expect(wait).toContainText('deleted');
  await wait.getByRole('cell').last().getByRole('button').click();
  await expect(page.getByRole('dialog')).toContainText('the node was deleted; goes on at #3 Webhook');
  await page.keyboard.press('Escape');

  // History says where the version came from.
  await page.getByRole('link', { name: 'Design' }).click();
  await page.getByRole('button', { name: /^Versions/ }).click();
  await expect(page.getByRole('complementary', { name: 'Versions' })).toContainText(/Version 2\s*Live/);
  await expect(page.getByRole('complementary', { name: 'Versions' })).toContainText('Update of the running scenario');
  await call(page, 'scenario.stop', project, { id, mode: 'now' });
});

test('who waits for a slot is asked for as it was, whoever comes later as it is', async ({ page }) => {
  const { url } = application();
  const target = `slow${Date.now()}`;
  const project = await signIn(page);
  const policy = await call<{ id: string }>(page, 'policy.create', project, {
    name: `One at a time ${target}`,
    concurrency: 1,
    rate: null,
    isDefault: false,
  });
  await call(page, 'rehearsal.behave', project, { target, behaviour: { latencyMs: 3000 } });
  const id = await newScenario(page, project, { event: target, target });
  await call(page, 'scenario.edit', project, {
    id,
    revision: 1,
    operations: [
      { type: 'remove', nodes: ['n2'], edges: [] },
      { type: 'add', nodes: [], edges: [{ id: 'direct', from: 'n1', port: 'out', to: 'n3' }] },
      { type: 'set', node: 'n3', settings: { policyId: policy.id } },
    ],
  });
  await call(page, 'scenario.start', project, { id });
  await happens(page, project, target, ['old-1', 'old-2', 'old-3', 'old-4']);
  await expect.poll(async () => (await booksOf(target)).requests, { timeout: 30_000 }).toBeGreaterThan(0);

  await call(page, 'scenario.edit', project, {
    id,
    revision: 2,
    operations: [
      {
        type: 'set',
        node: 'n3',
        settings: { payload: '{ "email": "{{ customer.email }}", "card": "golden" }' },
      },
    ],
  });
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}`);
  await page.getByRole('button', { name: 'Publish changes' }).click();
  const dialog = page.getByRole('dialog', { name: /^Publish changes/ });
  await dialog.getByRole('button', { name: 'Publish changes' }).click();
  await expect(page.getByText('Version 2 runs from now on')).toBeVisible();
  await call(page, 'rehearsal.behave', project, { target, behaviour: { latencyMs: 1 } });
  await happens(page, project, target, ['new-1', 'new-2']);
  await expect.poll(async () => (await booksOf(target)).requests, { timeout: 60_000 }).toBe(6);
  const cards = (await bodies(target)).map(({ card }) => card).sort();
  expect(cards).toEqual(['golden', 'golden', 'plain', 'plain', 'plain', 'plain']);
  await call(page, 'scenario.stop', project, { id, mode: 'now' });
});

import { expect, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';
import { audience, booksOf, connect, newScenario, openWebhook, write } from '../support/editor.ts';

const PAYLOAD =
  '{ "to": "{{ customer.phone }}", "text": "Hello {{ customer.first_name }}, welcome to {{ customer.city }}" }';

test('from the printed link to a sent webhook: draw, personalise, test, start, and see the very bodies', async ({
  page,
}) => {
  const { url, rehearsalUrl } = application();
  const target = `story${Date.now()}`;
  const { count, words } = await audience();
  const project = await signIn(page);

  await newScenario(page, project, 'First light', 'Empty');
  const canvas = page.locator('.react-flow__pane');
  await canvas.waitFor();
  const palette = page.getByRole('navigation', { name: 'Nodes' });
  await palette.getByRole('button', { name: 'Now' }).dragTo(canvas, { targetPosition: { x: 80, y: 200 } });
  await palette.getByRole('button', { name: 'Condition' }).dragTo(canvas, { targetPosition: { x: 330, y: 200 } });
  await palette
    .getByRole('button', { name: 'Webhook', exact: true })
    .dragTo(canvas, { targetPosition: { x: 580, y: 160 } });
  await expect(page.locator('.react-flow__node')).toHaveCount(3);
  await connect(page, '#1 Now', 'Condition');
  await connect(page, 'Yes of #2 Condition', 'Webhook');

  await page.locator('.react-flow__node', { hasText: 'Condition' }).click();
  const panel = page.getByRole('complementary', { name: 'Settings of Condition' });
  await panel.getByRole('button', { name: 'Add a property' }).click();
  await panel.getByRole('combobox', { name: 'Property' }).click();
  await page.getByRole('option', { name: /^email/ }).click();
  await panel.getByRole('combobox', { name: 'Comparison' }).click();
  await page.getByRole('option', { name: 'has value' }).click();
  await expectAccessible(page);

  const editor = await openWebhook(page);
  await write(page, 'URL', `${rehearsalUrl}/t/${target}/messages/{{ customer.email }}`);
  await write(page, 'Payload', PAYLOAD);
  await editor.getByRole('button', { name: 'A customer by chance' }).click();
  await expect(editor.getByRole('region', { name: 'Preview' })).toContainText('welcome to');
  await expectAccessible(page);

  await editor.getByRole('tab', { name: 'Test' }).click();
  await editor.getByRole('button', { name: 'Test webhook' }).click();
  const request = editor.getByRole('region', { name: 'Request' });
  await expect(request).toContainText('Hello , welcome to');
  expect((await booksOf(target)).requests, 'a preview touches no network').toBe(0);

  await editor.getByRole('radio', { name: 'Customer', exact: true }).click();
  await editor.getByRole('button', { name: 'Test webhook' }).click();
  await expect(editor).toContainText('Values are hidden.');
  await expect(request).not.toContainText('welcome to');
  await editor.getByRole('button', { name: 'Reveal values' }).click();
  await expect(request).toContainText(/Hello\s\p{L}+,\swelcome\sto\s\p{L}+/u);
  await editor.getByRole('button', { name: /^Done/ }).click();
  const response = editor.getByRole('region', { name: 'Response' });
  await expect(response).toContainText('200');
  await expectAccessible(page);
  expect((await booksOf(target)).requests, 'Done sends one request').toBe(1);
  await fetch(`${rehearsalUrl}/_books/${target}`, { method: 'DELETE' });
  await editor.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const start = page.getByRole('dialog');
  await expect(start).toContainText(words);
  await expectAccessible(page);
  await start.getByRole('button', { name: 'Start scenario' }).click();
  await page.waitForURL(/evaluate/);
  await expect(page.getByText('Done', { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  const numbers = page.getByRole('region', { name: 'Numbers by node' });
  const row = numbers.getByRole('row', { name: /Webhook/ });
  await expect(row.getByRole('cell').nth(1)).toHaveText(words);
  await expect(row.getByRole('cell').nth(4)).toHaveText(words);
  await expectAccessible(page);

  expect((await booksOf(target)).requests).toBe(count);
  await page.goto(`${url}/p/${project}/data/rehearsal`);
  await page.getByRole('row', { name: new RegExp(target) }).click();
  await expect(page.getByRole('table', { name: 'Requests to this target' })).toContainText('/messages/');
  await page.getByRole('table', { name: 'Requests to this target' }).getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Reveal values' }).click();
  await expect(page.getByText(/Hello\s\p{L}+,\swelcome\sto\s\p{L}+/u).first()).toBeVisible();
  await expectAccessible(page);
});

import { expect, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';
import { audience, booksOf, newScenario, openWebhook, textOf, write } from '../support/editor.ts';

// The bulk SMS of CM.com's business messaging API, the worked example of batch webhooks.
const ROOT = `{
  "messages": {
    "authentication": { "producttoken": "[[ product_token ]]" },
    "msg": [
      {% output customers separated by ',\\n      ' %}
    ]
  }
}`;
const CUSTOMER = `{
  "allowedChannels": ["SMS"],
  "from": "[[ sender ]]",
  "to": [{ "number": "{{ customer.phone | replace(' ', '') }}" }],
  "body": { "type": "auto", "content": "Hi {{ customer.first_name }}, spring is here." }
}`;

test('bulk SMS is built from nothing, tested with three customers, looked through, and sent in batches of 1000', async ({
  page,
}) => {
  const { rehearsalUrl } = application();
  const target = `bulk${Date.now()}`;
  const { count, words } = await audience();
  const project = await signIn(page);
  await newScenario(page, project, 'Bulk SMS', 'Send to everyone now');

  const editor = await openWebhook(page);
  await editor.getByRole('switch', { name: 'Batch webhook' }).click();
  await write(page, 'URL', `${rehearsalUrl}/t/${target}/v1.0/message`);
  await write(page, 'Root template', ROOT);
  await write(page, 'Customer template', CUSTOMER);

  await editor.getByRole('tab', { name: /Parameters/ }).click();
  await editor.getByLabel('product_token').fill('00000000-0000-0000-0000-000000000000');
  await editor.getByLabel('sender').fill('AcmeShop');
  await expectAccessible(page);
  await editor.getByRole('tab', { name: 'Settings' }).click();
  await expect(editor.getByRole('slider')).toHaveValue('1000');
  await expectAccessible(page);

  await editor.getByRole('tab', { name: 'Test' }).click();
  await editor.getByRole('radio', { name: 'Customer', exact: true }).click();
  await editor.getByRole('button', { name: 'A customer by chance' }).click();
  await editor.getByRole('button', { name: 'Test webhook' }).click();
  const request = editor.getByRole('region', { name: 'Request' });
  const people = request.getByRole('list', { name: 'Customers of this request' }).getByRole('button');
  await expect(people).toHaveCount(3);
  await people.nth(1).hover();
  await expect(people.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await editor.getByRole('button', { name: /^Done/ }).click();
  await expect(editor.getByRole('region', { name: 'Response' })).toContainText('200');
  await expectAccessible(page);
  expect(await booksOf(target)).toMatchObject({ requests: 1, customers: 3 });
  await fetch(`${rehearsalUrl}/_books/${target}`, { method: 'DELETE' });
  await editor.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const start = page.getByRole('dialog');
  await expect(start).toContainText(words);
  await start.getByRole('button', { name: 'Start scenario' }).click();
  await page.waitForURL(/evaluate/);
  await expect(page.getByText('Done', { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  expect(await booksOf(target)).toMatchObject({ requests: Math.ceil(count / 1000), customers: count });
});

test('a cURL command pasted into the URL becomes the webhook, and the request can be copied as cURL without its secret', async ({
  page,
  context,
}) => {
  const { rehearsalUrl } = application();
  const secret = `sk_live_${Date.now()}`;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const project = await signIn(page);
  await newScenario(page, project, 'From cURL', 'Send to everyone now');
  const editor = await openWebhook(page);
  await write(page, 'URL', '');
  const command = `curl -X PUT '${rehearsalUrl}/t/curl/contacts' -H 'Authorization: Bearer ${secret}' -H 'X-Source: shop' -H 'Content-Type: application/json' -d '{"email": "eva@example.com"}'`;
  await page.evaluate((text) => navigator.clipboard.writeText(text), command);
  await editor.getByRole('textbox', { name: 'URL' }).focus();
  await page.keyboard.press('ControlOrMeta+V');

  await expect(editor.getByRole('combobox', { name: 'Method' })).toContainText('PUT');
  await expect.poll(() => textOf(page, 'URL')).toBe(`${rehearsalUrl}/t/curl/contacts`);
  await expect.poll(() => textOf(page, 'Payload')).toContain('eva@example.com');
  await expect(editor.getByRole('region', { name: 'Preview' })).toContainText('X-Source');
  await expect(page.getByText(secret)).toHaveCount(0);

  await editor.getByRole('tab', { name: 'Test' }).click();
  await editor.getByRole('button', { name: 'Test webhook' }).click();
  const request = editor.getByRole('region', { name: 'Request' });
  await request.getByRole('radio', { name: 'As cURL' }).click();
  await expect(request).toContainText('curl');
  await expect(request).toContainText('X-Source: shop');
  expect(await page.content()).not.toContain(secret);
});

test('a cURL command pasted on the canvas becomes a webhook', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const project = await signIn(page);
  await newScenario(page, project, 'Pasted', 'Empty');
  const canvas = page.locator('.react-flow__pane');
  await canvas.waitFor();
  await page.evaluate(() =>
    navigator.clipboard.writeText("curl -X PUT 'https://api.example.com/v1/contacts' -d '{\"a\": 1}'"),
  );
  await canvas.click({ position: { x: 60, y: 400 } });
  await page.keyboard.press('ControlOrMeta+V');
  await expect(page.locator('.react-flow__node')).toHaveCount(1);
  await expect(page.locator('.react-flow__node')).toContainText('PUT api.example.com');
});

test('Check audience finds planted faults among all customers, sends nothing, and offers the fix', async ({ page }) => {
  const { rehearsalUrl } = application();
  const target = `check${Date.now()}`;
  const project = await signIn(page);
  // 312 customers lose their phone for this story; their values come back afterwards.
  await prisma().$executeRaw`CREATE TABLE kept_phone AS
    SELECT id, properties FROM customer WHERE project_id = ${project}::uuid ORDER BY id LIMIT 312`;
  await prisma()
    .$executeRaw`UPDATE customer SET properties = properties - 'phone' WHERE id IN (SELECT id FROM kept_phone)`;
  // Other stories may have added customers without one.
  const [{ without }] = await prisma().$queryRaw<[{ without: number }]>`
    SELECT count(*)::int AS without FROM customer WHERE project_id = ${project}::uuid AND coalesce(properties->>'phone', '') = ''`;
  expect(without).toBeGreaterThanOrEqual(312);
  try {
    await newScenario(page, project, 'Checked', 'Send to everyone now');
    const editor = await openWebhook(page);
    await write(page, 'URL', `${rehearsalUrl}/t/${target}/{{ customer.email }}`);
    await write(page, 'Payload', '{\n  "name": "{{ customer.first_name }}",\n  "to": "{{ customer.phone }}"\n}');
    await editor.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Check audience' }).click();
    const sheet = page.getByRole('dialog', { name: /Check the audience/ });
    const found = sheet.getByRole('list', { name: 'What was found' });
    await expect(found).toContainText(`${without} customers`, { timeout: 60_000 });
    await expect(found).toContainText('phone');
    await expect(found).toContainText('line 3');
    await found.getByRole('button', { name: new RegExp(String(without)) }).click();
    await expect(found.getByRole('link').first()).toBeVisible();
    await expectAccessible(page);
    expect((await booksOf(target)).requests).toBe(0);
  } finally {
    await prisma().$executeRaw`UPDATE customer c SET properties = k.properties FROM kept_phone k WHERE k.id = c.id`;
    await prisma().$executeRaw`DROP TABLE kept_phone`;
  }
});

test('a webhook is put on the canvas, written, tested and sent with the keyboard alone', async ({ page }) => {
  const { rehearsalUrl } = application();
  const target = `keys${Date.now()}`;
  const project = await signIn(page);
  await newScenario(page, project, 'By keyboard', 'Empty');
  const palette = page.getByRole('navigation', { name: 'Nodes' });
  await palette.getByRole('button', { name: 'Now' }).focus();
  await page.keyboard.press('Enter');
  await palette.getByRole('button', { name: 'Webhook', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__node')).toHaveCount(2);

  await page.getByRole('button', { name: 'Open editor' }).focus();
  await page.keyboard.press('Enter');
  const editor = page.getByRole('dialog', { name: 'Webhook', exact: true });
  await editor.getByRole('textbox', { name: 'URL' }).focus();
  await page.keyboard.insertText(`${rehearsalUrl}/t/${target}/message`);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(editor.getByRole('tab', { name: 'Test' })).toHaveAttribute('aria-selected', 'true');
  await editor.getByRole('button', { name: /^Done/ }).focus();
  await page.keyboard.press('Enter');
  await expect(editor.getByRole('region', { name: 'Response' })).toContainText('200');
  expect((await booksOf(target)).requests).toBe(1);
  await editor.getByRole('button', { name: 'Close' }).focus();
  await page.keyboard.press('Enter');
  await expect(editor).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Open editor' })).toBeFocused();
});

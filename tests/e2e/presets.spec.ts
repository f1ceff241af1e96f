import { expect, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { application, everythingGiven, memberPage, signIn } from '../support/app.ts';
import { booksOf, newScenario, openWebhook, textOf, write } from '../support/editor.ts';

test('a developer makes an integration and a preset; a marketer uses them and never sees the secret', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const { url, rehearsalUrl } = application();
  const stamp = Date.now();
  const secret = `canary-${stamp}-secret`;
  const target = `preset${stamp}`;
  const developer = await memberPage(browser, 'developer');
  const project = new URL(developer.url()).pathname.split('/')[2]!;

  await developer.goto(`${url}/p/${project}/data/integrations/new?kind=http`);
  await developer.getByLabel('Name').first().fill(`Partner ${stamp}`);
  await developer.getByLabel('Endpoint prefix').fill(`${rehearsalUrl}/t/${target}`);
  await developer.getByRole('radio', { name: 'Custom headers' }).click();
  await developer.getByLabel(/^Name of header 1/).fill('X-Api-Key');
  await developer.getByLabel(/^Value of header 1/).fill(secret);
  await expectAccessible(developer);
  await developer.getByRole('button', { name: 'Save', exact: true }).click();
  await developer.waitForURL(/integrations\/[0-9a-f-]{36}$/);
  expect(await developer.content()).not.toContain(secret);

  await developer.goto(`${url}/p/${project}/data/integrations/presets/new`);
  await developer.getByPlaceholder('Order confirmation by SMS').fill(`Order SMS ${stamp}`);
  await developer.getByRole('button', { name: 'Open editor' }).click();
  const editor = developer.getByRole('dialog', { name: /Order SMS/ });
  await write(developer, 'URL', `${rehearsalUrl}/t/${target}/orders`);
  await write(developer, 'Payload', '{ "text": "[[ text ]]", "to": "{{ customer.email }}" }');
  await editor.getByRole('combobox', { name: 'Authentication' }).click();
  await developer.getByRole('option', { name: `Partner ${stamp}` }).click();
  await editor.getByRole('button', { name: 'Close' }).click();
  await expectAccessible(developer);
  await developer.getByRole('button', { name: 'Create preset' }).click();
  await developer.waitForURL(/presets\/[0-9a-f-]{36}$/);
  await expectAccessible(developer);

  const marketer = await memberPage(browser, 'marketer');
  const given = everythingGiven(marketer);
  await newScenario(marketer, project, `Orders ${stamp}`, 'Empty');
  await marketer
    .getByRole('navigation', { name: 'Nodes' })
    .getByRole('button', { name: `Order SMS ${stamp}` })
    .click();
  await expect(marketer.locator('.react-flow__node')).toHaveCount(1);
  const sheet = await openWebhook(marketer, `Order SMS ${stamp}`);
  await expect(sheet.getByText('From a preset')).toBeVisible();
  await expect(sheet.getByRole('combobox', { name: 'Authentication' })).toBeDisabled();
  await sheet.getByRole('tab', { name: /Parameters/ }).click();
  await sheet.getByRole('textbox', { name: /^text/ }).fill('Your order is on its way');
  await sheet.getByRole('tab', { name: 'Test' }).click();
  await sheet.getByRole('button', { name: 'Test webhook' }).click();
  await sheet.getByRole('button', { name: /^Done/ }).click();
  await expect(sheet.getByRole('region', { name: 'Response' })).toContainText('200');
  expect((await booksOf(target)).requests, 'the request left').toBe(1);
  await sheet.getByRole('button', { name: 'Close' }).click();

  await developer.getByRole('button', { name: 'Open editor' }).click();
  await write(developer, 'Payload', '{ "text": "[[ text ]]", "to": "{{ customer.email }}", "via": "sms" }');
  await developer.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await developer.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(developer.getByText('Version 2')).toBeVisible();
  await marketer.reload();
  await marketer.locator('.react-flow__node').click();
  await marketer.getByRole('button', { name: 'See and accept' }).click();
  const changes = marketer.getByRole('dialog', { name: 'From version 1 to 2' });
  await expect(changes).toContainText('"via": "sms"');
  await expectAccessible(marketer);
  await changes.getByRole('button', { name: 'Accept version 2' }).click();
  await expect(marketer.getByText(/version 2\./)).toBeVisible();
  await expect(marketer.getByRole('button', { name: 'Detach from the preset' })).toHaveCount(0);

  await marketer.goto(`${url}/p/${project}/data/integrations`);
  await expect(marketer.getByText(`Partner ${stamp}`).first()).toBeVisible();
  await expect(marketer.getByRole('link', { name: 'Add new integration' })).toHaveCount(0);
  await marketer.goto(`${url}/p/${project}/data/integrations/new?kind=http`);
  await expect(marketer.getByText('Integrations are added by developers')).toBeVisible();
  const exported = await marketer.request.post(`${url}/api/call/preset.list`, {
    data: { project, input: {} },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(await exported.text()).not.toContain(secret);
  expect(given.filter((text) => text.includes(secret))).toEqual([]);
});

test('a scenario goes to another project as a file: what is missing is listed, and Start is refused until it is there', async ({
  page,
}) => {
  const { url, rehearsalUrl } = application();
  const stamp = Date.now();
  const project = await signIn(page);
  const policy = await prisma().policy.create({
    data: { projectId: project, name: `Carried ${stamp}`, concurrency: 4 },
  });
  await newScenario(page, project, `Carried ${stamp}`, 'Send to everyone now');
  const editor = await openWebhook(page);
  await write(page, 'URL', `${rehearsalUrl}/t/carried`);
  await editor.getByRole('tab', { name: 'Settings' }).click();
  await editor.getByRole('combobox', { name: 'Throughput policy' }).click();
  await page.getByRole('option', { name: policy.name }).click();
  await editor.getByRole('button', { name: 'Close' }).click();

  await page.goto(`${url}/p/${project}/campaigns/scenarios`);
  await page.getByRole('button', { name: `More for Carried ${stamp}` }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /Export/ }).click(),
  ]);
  const file = await download.path();

  const admin = await prisma().user.findFirstOrThrow({ where: { email: 'demo@hookline.invalid' } });
  const other = await prisma().project.create({
    data: { name: `Other ${stamp}`, memberships: { create: { userId: admin.id, role: 'admin' } } },
  });
  await page.goto(`${url}/p/${other.id}/campaigns/scenarios`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Import' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Import from a file' });
  await dialog.getByLabel('File to import').setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"hookline":"scenario","format":99}'),
  });
  await expect(dialog.getByText(/newer|version/i)).toBeVisible();
  await dialog.getByLabel('File to import').setInputFiles(file);
  await expect(dialog.getByRole('table', { name: 'What it needs' })).toContainText(policy.name);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(/scenarios\/[0-9a-f-]{36}/);
  await expect(page.getByRole('button', { name: /Problems: [1-9]/ })).toBeVisible();

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Start scenario' })).toBeDisabled();
  await page.keyboard.press('Escape');
  const imported = await openWebhook(page);
  expect(await textOf(page, 'URL')).toBe(`${rehearsalUrl}/t/carried`);
  await imported.getByRole('tab', { name: 'Settings' }).click();
  await imported.getByRole('combobox', { name: 'Throughput policy' }).click();
  await page.getByRole('option').first().click();
  await imported.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: /No problems|Problems: 0 errors/ })).toBeVisible();
});

test('one webhook goes to a file and comes in as a scenario of its own', async ({ page }) => {
  const { url, rehearsalUrl } = application();
  const stamp = Date.now();
  const project = await signIn(page);
  await newScenario(page, project, `Single ${stamp}`, 'Send to everyone now');
  const editor = await openWebhook(page);
  await write(page, 'URL', `${rehearsalUrl}/t/single/${stamp}`);
  await editor.getByRole('button', { name: 'Close' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export the webhook' }).click(),
  ]);
  await page.goto(`${url}/p/${project}/campaigns/scenarios`);
  await page.getByRole('button', { name: 'Import' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Import from a file' });
  await dialog.getByLabel('File to import').setInputFiles(await download.path());
  await dialog.getByLabel('Name').fill(`Brought ${stamp}`);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(/scenarios\/[0-9a-f-]{36}/);
  await expect(page.locator('.react-flow__node')).toHaveCount(1);
  await openWebhook(page, `Brought ${stamp}`);
  await expect.poll(() => textOf(page, 'URL')).toBe(`${rehearsalUrl}/t/single/${stamp}`);
});

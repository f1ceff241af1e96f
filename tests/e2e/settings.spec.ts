import { expect, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';

test('a one-time link signs in once and never again', async ({ browser }) => {
  const { url } = application();
  const { newSignInLink } = await import('../../prisma/seed.ts');
  const link = (await newSignInLink(url))!;
  const first = await (await browser.newContext()).newPage();
  await first.goto(link);
  await first.getByRole('button', { name: 'Sign in' }).click();
  await first.waitForURL(/\/p\/[^/]+\/campaigns\/scenarios/);

  const second = await (await browser.newContext()).newPage();
  await second.goto(link);
  await second.getByRole('button', { name: 'Sign in' }).click();
  await expect(second.getByText(/link/i).filter({ hasText: /used|expired|valid/i })).toBeVisible();
  await expectAccessible(second);
});

test('a page asks strangers to sign in and leads back to where they were going', async ({ page }) => {
  const { url } = application();
  await page.goto(`${url}/p/00000000-0000-0000-0000-000000000000/settings/general`);
  await expect(page).toHaveURL(/\/sign-in\?then=/);
  await expectAccessible(page);
});

test('a developer makes a throughput policy, changes its limit and deletes it', async ({ page }) => {
  const name = `Slow partner ${Date.now()}`;
  const project = await signIn(page);
  await page.goto(`${application().url}/p/${project}/settings/throughput-policies`);
  await page.getByRole('button', { name: 'New policy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Requests at once').fill('3');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: /create|save/i }).click();
  const row = page.getByRole('row', { name });
  await expect(row).toContainText('3');

  await expect(dialog).toHaveCount(0);
  await row.focus();
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Requests at once').fill('7');
  await dialog.getByRole('checkbox', { name: 'Limit the rate too' }).check();
  await dialog.getByLabel('Requests', { exact: true }).fill('300');
  await dialog.getByRole('radio', { name: 'a minute' }).click();
  await expect(dialog.getByText('One request every 200 ms, however many wait.')).toBeVisible();
  await dialog.getByLabel('Burst').fill('20');
  await expect(dialog.getByText('20 may leave together, so no minute has more than 319')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: /save/i }).click();
  await expect(row).toContainText('7');
  await expect(row).toContainText('300 a minute');
  await expect(row).toContainText('burst 20');

  await expect(dialog).toHaveCount(0);
  await row.getByRole('button', { name: /delete/i }).click();
  await dialog.getByRole('button', { name: /delete/i }).click();
  await expect(row).toHaveCount(0);
});

test('an API key is shown once, and only its beginning afterwards', async ({ page }) => {
  const name = `Shop back end ${Date.now()}`;
  const project = await signIn(page);
  await page.goto(`${application().url}/p/${project}/settings/access`);
  await page.getByRole('tab', { name: /API keys/ }).click();
  await page.getByRole('button', { name: /New API key|New key/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByRole('button', { name: /create/i }).click();
  const key = await dialog.locator('code, input[readonly]').first().innerText();
  await expectAccessible(page);
  await dialog
    .getByRole('button', { name: /done|close/i })
    .first()
    .click();
  await page.reload();
  await page.getByRole('tab', { name: /API keys/ }).click();
  await expect(page.getByRole('row', { name })).toBeVisible();
  await expect(page.getByText(key, { exact: true })).toHaveCount(0);
});

import { expect, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';

test('a customer is added, changed where it stands, found, seen doing something, and deleted', async ({ page }) => {
  const { url } = application();
  const project = await signIn(page);
  const registered = `story-${Date.now()}`;

  await page.goto(`${url}/p/${project}/data/customers?create=1`);
  await page.getByLabel('Identifier (registered)').fill(registered);
  await page.getByLabel('Value of first_name').fill('Ziggy');
  await page.getByRole('button', { name: 'Add customer' }).click();
  await page.waitForURL(/\/data\/customers\/\d+/);
  const profile = page.url();
  await expect(page.getByRole('heading', { name: 'Ziggy' })).toBeVisible();

  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('points');
  await page.getByLabel('Type', { exact: true }).click();
  await page.getByRole('option', { name: 'Number' }).click();
  await page.getByLabel('Value of points').fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Write a number, e.g. 12.5')).toBeVisible();
  await page.getByLabel('Value of points').fill('41.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('41.5')).toBeVisible();
  await expectAccessible(page);

  const key = await apiKey(project);
  await page.goto(`${url}/p/${project}/data/events?customer=${registered}`);
  await expect(page.getByText('No such events')).toBeVisible();
  const sent = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      events: [{ customer_ids: { registered }, event_type: 'wishlist', properties: { sku: 'P-7' } }],
    }),
  });
  expect(await sent.json()).toMatchObject({ accepted: 1 });
  const row = page.getByRole('row', { name: /wishlist/ });
  await expect(row).toBeVisible();
  await row.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'wishlist' })).toContainText('"sku": "P-7"');
  await expectAccessible(page);

  await page.goto(profile);
  await expect(page.getByRole('button', { name: /wishlist/ })).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete customer' }).click();
  await page.getByLabel(`Type “${registered}” to confirm`).fill(registered);
  await page.getByRole('button', { name: 'Delete customer' }).click();
  await page.waitForURL(/\/data\/customers$/);
  await expect(page.getByText('1 customer deleted').first()).toBeVisible({ timeout: 30_000 });
  await page.getByLabel('Search customers').fill(registered);
  await expect(page.getByText(`Nobody is found by “${registered}”`)).toBeVisible();
});

async function apiKey(projectId: string): Promise<string> {
  const { verbs } = await import('../../lib/services/index.ts');
  const system = { kind: 'system', id: null, name: 'Story' } as const;
  const ctx = { projectId, actor: system, role: null, requestId: 'story', address: null };
  return (await verbs['api-key.create'](ctx, { name: 'Story', scopes: ['events:write'] })).key;
}

test('a catalog takes a file whole or not at all', async ({ page }) => {
  const { url } = application();
  const project = await signIn(page);
  const file = (text: string) => ({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

  await page.goto(`${url}/p/${project}/data/catalogs`);
  await page.getByRole('button', { name: 'New catalog' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`products ${Date.now()}`);
  await page.getByRole('button', { name: 'Create catalog' }).click();
  await page.waitForURL(/\/data\/catalogs\/[0-9a-f-]{36}/);
  await page.getByRole('button', { name: 'Upload items' }).click();
  await page.getByLabel('File to upload').setInputFiles(file('sku,title,price\n1,Shoe,9.5\n2,Hat\n'));
  await expect(page.getByText('Line 3: has 2 values where the header has 3. Nothing was stored.')).toBeVisible();
  await page.getByLabel('File to upload').setInputFiles(file('sku,title,price\n1,Shoe,9.5\n2,Hat,5\n'));
  await expect(page.getByRole('row', { name: /Shoe/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('row', { name: /Hat/ }).click();
  await expect(page.getByLabel('Properties')).toHaveValue(/"title": "Hat"/);
});

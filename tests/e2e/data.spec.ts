import { expect, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';

test('a CSV with mistakes is imported: its columns are mapped, good rows are in, and each refused row has a reason', async ({
  page,
}) => {
  const { url } = application();
  const stamp = Date.now();
  const project = await signIn(page);
  const rows = Array.from({ length: 500 }, (_, i) =>
    i % 100 === 50 ? `,nobody@example.com,${i}` : `import-${stamp}-${i},person${i}@example.com,${i}`,
  );
  const file = `registered,email,points\n${rows.join('\n')}\n`;

  await page.goto(`${url}/p/${project}/data/imports?create=1`);
  const dialog = page.getByRole('dialog', { name: 'New import' });
  await dialog
    .getByLabel('File to upload')
    .setInputFiles({ name: `people-${stamp}.csv`, mimeType: 'text/csv', buffer: Buffer.from(file) });
  await page.waitForURL(/data\/imports\/[0-9a-f-]{36}/);
  await expect(page.getByRole('table', { name: 'Columns of the file' })).toContainText('registered');
  await expectAccessible(page);
  await page.getByRole('button', { name: /^(Start|Import)/ }).click();
  await expect(page.getByText('Rows refused')).toBeVisible({ timeout: 30_000 });
  const refused = page.getByRole('table', { name: 'Refused rows' });
  await expect(refused.getByRole('row')).toHaveCount(6);
  await expectAccessible(page);

  const { id } = await prisma().project.findUniqueOrThrow({ where: { id: project } });
  const stored = await prisma().customerIdentifier.count({
    where: { projectId: id, kind: 'registered', value: { startsWith: `import-${stamp}-` } },
  });
  expect(stored).toBe(495);

  await page.goto(`${url}/p/${project}/data/customers`);
  await page.getByRole('searchbox', { name: 'Search customers' }).fill(`import-${stamp}-7`);
  await page
    .getByRole('row', { name: new RegExp(`import-${stamp}-7\\b`) })
    .first()
    .click();
  await expect(page.getByText('person7@example.com').first()).toBeVisible();
  await page.getByRole('button', { name: 'Edit points' }).click();
  await page.getByLabel('Value of points').fill('4711');
  await page.keyboard.press('Enter');
  await expect(page.getByText('4,711').or(page.getByText('4711')).first()).toBeVisible();
  await expectAccessible(page);

  // The other stories count on the demo's own customers.
  await prisma().customer.deleteMany({
    where: { identifiers: { some: { kind: 'registered', value: { startsWith: `import-${stamp}-` } } } },
  });
});

test('an event sent by key brings its customer into an active scenario, and the request is there within moments', async ({
  page,
}) => {
  const { url, rehearsalUrl } = application();
  const stamp = Date.now();
  const project = await signIn(page);
  const { id } = await prisma().scenario.findFirstOrThrow({
    where: { projectId: project, name: 'Thanks for your order' },
  });
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start scenario' }).click();
  await page.waitForURL(/evaluate/);

  await page.goto(`${url}/p/${project}/settings/access`);
  await page.getByRole('tab', { name: /API keys/ }).click();
  await page.getByRole('button', { name: /New API key|New key/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(`Shop ${stamp}`);
  for (const box of await dialog.getByRole('checkbox').all()) await box.check();
  await dialog.getByRole('button', { name: /create/i }).click();
  const key = (await dialog.locator('code, input[readonly]').first().innerText()).trim();

  const answer = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      events: [
        {
          customer_ids: { registered: `event-${stamp}` },
          event_type: 'purchase',
          properties: { order_id: `order-${stamp}`, total: 12.5 },
        },
      ],
    }),
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
  await expect
    .poll(async () => JSON.stringify(await (await fetch(`${rehearsalUrl}/_books/thanks`)).json()), { timeout: 20_000 })
    .toContain('"requests"');

  await page.goto(`${url}/p/${project}/data/events`);
  await expect(page.getByText('purchase').first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${url}/p/${project}/campaigns/scenarios/${id}`);
  await page.getByRole('button', { name: /^Stop/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Stop immediately/ })
    .click();
  await expect(page.getByText('Inactive').first()).toBeVisible({ timeout: 20_000 });
  await prisma().customer.deleteMany({ where: { identifiers: { some: { value: `event-${stamp}` } } } });
});

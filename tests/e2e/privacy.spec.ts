import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, memberPage, signIn } from '../support/app.ts';
import { newScenario, openWebhook, write } from '../support/editor.ts';

/** Customers whom nobody else is like; gives what all of them have in common. */
async function addPeople(project: string, count: number): Promise<string> {
  const { verbs } = await import('../../lib/services/index.ts');
  const mark = `canary${Date.now()}`;
  const ctx = { projectId: project, actor: { kind: 'system', id: null, name: 'test' }, role: null } as const;
  await verbs['customer.upsert'](
    { ...ctx, requestId: 'test', address: null },
    {
      customers: Array.from({ length: count }, (_, i) => ({
        customer_ids: { registered: `${mark}-${i}` },
        properties: { first_name: `${mark} ${i}`, email: `${mark}-${i}@example.com` },
      })),
    },
  );
  return mark;
}

test('customers are chosen and deleted, all that a search finds is deleted, and the audit log tells of both', async ({
  page,
}) => {
  const { url } = application();
  const project = await signIn(page);
  const mark = await addPeople(project, 5);
  const list = `${url}/p/${project}/data/customers`;
  await page.goto(list);
  await page.getByLabel('Search customers').fill(mark);
  const rows = page.getByRole('table', { name: 'Customers' }).getByRole('row');
  await expect(rows).toHaveCount(6);
  await page.getByRole('checkbox', { name: 'Select this row' }).nth(0).click();
  await page.getByRole('checkbox', { name: 'Select this row' }).nth(2).click();
  await page.getByRole('button', { name: 'Delete 2 selected' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await expect(dialog.getByRole('button', { name: 'Delete 2 customers' })).toBeDisabled();
  await dialog.getByLabel('Type “delete 2” to confirm').fill('delete 2');
  await dialog.getByRole('button', { name: 'Delete 2 customers' }).click();
  await expect(rows, 'they are gone at once').toHaveCount(4);
  await expect(page.getByText('2 customers deleted')).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Delete all found' }).click();
  await expect(dialog).toContainText('It finds 3 customers.');
  await dialog.getByLabel('Type “delete 3” to confirm').fill('delete 3');
  await dialog.getByRole('button', { name: 'Delete 3 customers' }).click();
  await expect(page.getByText(`Nobody is found by “${mark}”`)).toBeVisible();
  await expect(page.getByText('3 customers deleted')).toBeVisible({ timeout: 30_000 });

  await page.goto(`${url}/p/${project}/settings/audit`);
  await expect(page.getByText('Deletion of customers completed').first()).toBeVisible();
  await expect(page.getByText('Deletion of customers asked for').first()).toBeVisible();
  expect(await page.content()).not.toContain(mark);
});

test('a customer who is being deleted has a page that says so', async ({ page }) => {
  const { url } = application();
  const project = await signIn(page);
  const { pool } = await import('../../lib/db/index.ts');
  // One that nobody works on: as if its process had just been killed.
  await pool().query(
    `WITH d AS (INSERT INTO deletion(id, project_id, customers, step, done, total, due_at, seen_at)
       VALUES (gen_random_uuid(), $1, 1, 2, 12, 40, now() + interval '1 hour', now() - interval '5 minutes') RETURNING id)
     INSERT INTO deletion_customer(deletion_id, customer_id) SELECT id, 999999999 FROM d`,
    [project],
  );
  await page.goto(`${url}/p/${project}/data/customers/999999999`);
  await expect(page.getByText('Deleting 1 customer')).toBeVisible();
  await expect(page.getByText('Step 3 of 5: stored requests, 12 of 40.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForURL(/\/data\/customers$/);
  await expect(page.getByText('1 customer deleted').first()).toBeVisible();
});

test('values of customers stay on the server until they are revealed, to whoever may see them', async ({ browser }) => {
  const { url, rehearsalUrl } = application();
  const { prisma } = await import('../../lib/db/index.ts');
  const { id: project } = await prisma().project.create({ data: { name: 'Hidden values' } });
  const mark = await addPeople(project, 1);
  const target = `reveal${Date.now()}`;
  const marketer = await memberPage(browser, 'marketer', project);
  await newScenario(marketer, project, `Reveal ${target}`, 'Send to everyone now');
  const editor = await openWebhook(marketer);
  await write(marketer, 'URL', `${rehearsalUrl}/t/${target}/send`);
  await write(marketer, 'Payload', '{ "to": "{{ customer.email }}" }');
  await editor.getByRole('tab', { name: 'Test' }).click();
  await editor.getByRole('radio', { name: 'Customer', exact: true }).click();
  await choose(marketer, mark);

  const given = givenBy(marketer, /\/api\/call\/(webhook|run)\./);
  await editor.getByRole('button', { name: 'Test webhook' }).click();
  const request = editor.getByRole('region', { name: 'Request' });
  await expect(request).toContainText('"to": "•••"');
  await editor.getByRole('button', { name: /^Done/ }).click();
  await expect(editor.getByRole('region', { name: 'Response' })).toContainText('200');
  await expectAccessible(marketer);
  expect(given.length).toBeGreaterThan(1);
  expect(given.filter((text) => text.includes(`${mark}-0@`))).toEqual([]);
  await editor.getByRole('button', { name: 'Reveal values' }).click();
  await expect(request).toContainText(`"to": "${mark}-0@example.com"`);
  await editor.getByRole('button', { name: 'Hide values' }).click();
  await expect(request).not.toContainText(mark);
  await editor.getByRole('button', { name: 'Close' }).click();

  await marketer.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(marketer.getByRole('dialog')).toContainText('private network');
  await expectAccessible(marketer);
  await marketer.getByRole('button', { name: 'Start scenario' }).click();
  await marketer.waitForURL(/evaluate/);
  const requests = marketer.getByRole('table', { name: 'Requests' });
  await requests.getByRole('row').nth(1).click({ timeout: 60_000 });
  const drawer = marketer.getByRole('dialog', { name: /^Request / });
  await expect(drawer.getByRole('region', { name: 'Body' })).toContainText('"to": "•••"');
  await expect(drawer.getByRole('button', { name: 'Copy as cURL' })).toHaveCount(0);
  await expectAccessible(marketer);
  await drawer.getByRole('button', { name: 'Reveal values' }).click();
  await expect(drawer.getByRole('region', { name: 'Body' })).toContainText('@example.com');
  await expect(drawer.getByRole('button', { name: 'Copy as cURL' })).toBeVisible();
  const seen = marketer.url();

  const viewer = await memberPage(browser, 'viewer', project);
  const told = givenBy(viewer, /\/api\/call\/(webhook|run)\./);
  await viewer.goto(seen);
  const theirs = viewer.getByRole('dialog', { name: /^Request / });
  await expect(theirs.getByRole('region', { name: 'Body' })).toContainText('"to": "•••"');
  await expect(theirs).toContainText('Your role does not show them.');
  await expect(theirs.getByRole('button', { name: 'Reveal values' })).toHaveCount(0);
  expect(told.length).toBeGreaterThan(1);
  expect(told.join('').match(/[\w.]+@example\.com/g)).toBeNull();

  const admin = await memberPage(browser, 'admin', project);
  await admin.goto(`${url}/p/${project}/settings/audit`);
  await expect(admin.getByText('Values of a request looked at').first()).toBeVisible();
  await expect(admin.getByText('Values of a test looked at').first()).toBeVisible();
});

/** What the server gives to a page in answer to some addresses, as it comes. */
function givenBy(page: Page, address: RegExp): string[] {
  const given: string[] = [];
  page.on('response', async (response) => {
    if (address.test(response.url())) given.push(await response.text().catch(() => ''));
  });
  return given;
}

/** Chooses the customer of the test by searching. */
async function choose(page: Page, text: string): Promise<void> {
  const picker = page.getByRole('combobox', { name: 'Customer of the test' });
  await picker.click();
  await page.keyboard.insertText(text);
  await page.getByRole('option', { name: new RegExp(text) }).click();
  await expect(picker).toContainText(text);
}

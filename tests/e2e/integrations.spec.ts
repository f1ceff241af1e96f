import { createHash, randomBytes } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, setTheme } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';

const CANARY = 'canary-5f2c77-secret';
const tag = randomBytes(3).toString('hex');

/** Opens the form of a kind through the catalogue and fills in what all kinds have. */
async function openForm(page: Page, project: string, title: string, name: string, prefix: string): Promise<void> {
  await page.goto(`${application().url}/p/${project}/data/integrations/new`);
  await page.getByRole('link', { name: title }).click();
  await page.waitForURL(/kind=/);
  await page.getByLabel(/^Name/).first().fill(name);
  await page.getByLabel(/Endpoint prefix|Login endpoint/).fill(prefix);
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}

test('a test shows status and age; another prefix forgets the secret and says so; deleting is confirmed', async ({
  page,
}) => {
  const project = await signIn(page);
  const { rehearsalUrl } = application();
  const name = `Headers ${tag}`;
  await openForm(page, project, 'HTTP Authentication Schemas', name, `${rehearsalUrl}/t/partner`);
  await page.getByRole('radio', { name: 'Custom headers' }).click();
  await page.getByLabel(/Value of header 1/).fill(`Bearer ${CANARY}`);
  await page.getByLabel('Path').fill('/check');
  await page.getByRole('button', { name: 'Save and test' }).click();
  await expect(page.getByText(/^Tested/)).toBeVisible();
  await expect(page.getByText('The endpoint answered 200.')).toBeVisible();

  await page.getByLabel('Endpoint prefix').fill('https://elsewhere.example.com/');
  await expect(page.getByText('The stored secrets will be forgotten')).toBeVisible();
  await save(page);
  await expect(page.getByText('Secrets are missing').first()).toBeVisible();

  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  await expect(dialog).toContainText('No webhook uses it');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(/data\/integrations$/);
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('a marketer sees which integrations there are, and nothing that is in them', async ({ page, browser }) => {
  const project = await signIn(page);
  const { url } = application();
  const name = `For all ${tag}`;
  await openForm(page, project, 'API key in the URL', name, 'https://api.example.com/v1');
  await page.getByLabel('API key').fill(CANARY);
  await save(page);
  await page.waitForURL(/integrations\/[0-9a-f-]{36}$/);
  const address = page.url();

  const { prisma } = await import('../../lib/db/index.ts');
  const user = await prisma().user.create({ data: { email: `marketer-${tag}@example.com`, name: 'Marketer' } });
  await prisma().membership.create({ data: { projectId: project, userId: user.id, role: 'marketer' } });
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token).digest();
  await prisma().signInLink.create({ data: { tokenHash, userId: user.id, expiresAt: new Date(Date.now() + 600_000) } });
  const marketer = await (await browser.newContext()).newPage();
  await marketer.goto(`${url}/auth/link?token=${token}`);
  await marketer.getByRole('button', { name: /sign in/i }).click();
  await marketer.waitForURL(/\/p\//);

  await marketer.goto(`${url}/p/${project}/data/integrations`);
  await expect(marketer.getByText(name)).toBeVisible();
  await expect(marketer.getByRole('link', { name })).toHaveCount(0);
  await expect(marketer.getByRole('link', { name: 'Add new integration' })).toHaveCount(0);
  await marketer.goto(`${url}/p/${project}/data/integrations/new`);
  await expect(marketer.getByText('Integrations are added by developers')).toBeVisible();
  for (const forbidden of [address, `${url}/p/${project}/settings/audit`]) {
    await marketer.goto(forbidden);
    await expect(marketer.getByText('Your role does not allow this')).toBeVisible();
    expect(await marketer.content()).not.toContain(CANARY);
  }
});

test('the pages of integrations and the audit log are accessible, light and dark, at both widths', async ({ page }) => {
  const project = await signIn(page);
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1440, 1024]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of [
        'data/integrations',
        'data/integrations/new',
        'data/integrations/new?kind=http',
        'settings/audit',
      ]) {
        await page.goto(`${application().url}/p/${project}/${path}`);
        await setTheme(page, theme);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expectAccessible(page);
      }
    }
  }
});

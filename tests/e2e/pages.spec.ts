import { expect, test } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { expectAccessible, setTheme } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';
import { PAGES } from '../support/pages.ts';

for (const [theme, width] of [
  ['light', 1440],
  ['dark', 1024],
] as const)
  test(`every page is accessible and fits, ${theme}, at ${width} pixels`, async ({ page }) => {
    test.setTimeout(240_000);
    const project = await signIn(page);
    await page.setViewportSize({ width, height: 900 });
    await setTheme(page, theme);
    const foreign: string[] = [];
    const { host } = new URL(application().url);
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.host !== host) foreign.push(request.url());
    });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    for (const path of PAGES) {
      await page.goto(`${application().url}/p/${project}/${path}`);
      await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible();
      await page.waitForLoadState('networkidle');
      await expectAccessible(page);
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(isWide, `${path} is wider than the window`).toBe(false);
    }
    expect(foreign, 'no page asks another host').toEqual([]);
    expect(faults, 'no page throws').toEqual([]);
  });

test('a scenario, its test and its evaluation are accessible in the dark at 1024 pixels', async ({ page }) => {
  const project = await signIn(page);
  await page.setViewportSize({ width: 1024, height: 900 });
  await setTheme(page, 'dark');
  const { id } = await prisma().scenario.findFirstOrThrow({ where: { projectId: project, name: 'Spring SMS' } });
  for (const view of ['', '/test', '/evaluate']) {
    await page.goto(`${application().url}/p/${project}/campaigns/scenarios/${id}${view}`);
    await page.waitForLoadState('networkidle');
    await expectAccessible(page);
  }
});

test('an address that leads nowhere and a foreign project say so inside the house', async ({ page }) => {
  const project = await signIn(page);
  await page.goto(`${application().url}/p/${project}/data/nothing-here`);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(page.getByRole('heading', { name: /not|nothing/i })).toBeVisible();
  const other = await prisma().project.create({ data: { name: 'Somebody else' } });
  await page.goto(`${application().url}/p/${other.id}/campaigns/scenarios`);
  await expect(page.getByText('Somebody else')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: /not|nothing/i })).toBeVisible();
});

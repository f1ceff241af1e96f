import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * Expects that the accessibility checker finds nothing serious on the page as it stands.
 * @param except selectors that are left out, each for a reason told where it is used
 */
export async function expectAccessible(page: Page, except: string[] = []): Promise<void> {
  // Colours in the middle of a transition are nobody's colours.
  await page.waitForTimeout(200);
  const builder = except.reduce((axe, selector) => axe.exclude(selector), new AxeBuilder({ page }));
  const { violations } = await builder.analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(' ')}`).join('\n')}`);
  expect(serious).toEqual([]);
}

/** Shows the page dark or light, as the switch in the top row does. */
export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.evaluate((name) => localStorage.setItem('theme', name), theme);
  await page.reload();
}

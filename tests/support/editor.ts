import { expect, type Locator, type Page } from '@playwright/test';
import { prisma } from '../../lib/db/index.ts';
import { application } from './app.ts';

/** Draws a line from an output to the input of a node, e.g. from "Yes of #2 Condition" to "Webhook". */
export async function connect(page: Page, output: string, to: string): Promise<void> {
  const lines = page.locator('.react-flow__edge');
  const before = await lines.count();
  const source = page.getByTitle(`Output ${output}`, { exact: true });
  const target = page.locator('.react-flow__node', { hasText: to }).locator('.react-flow__handle-left');
  // Waits until neither moves: the view makes room for the panel of a new node.
  await source.dragTo(target, { steps: 8 });
  await expect(lines).toHaveCount(before + 1);
}

/** Puts text into one of the code editors, e.g. "URL" or "Payload". */
export async function write(page: Page, editor: string, text: string): Promise<void> {
  await page.waitForFunction(
    (label) => (window as { __hooklineEditors?: Record<string, unknown> }).__hooklineEditors?.[label] !== undefined,
    editor,
  );
  await page.evaluate(
    ([label, value]) => {
      type Editors = Record<string, { setValue(text: string): void }>;
      (window as unknown as { __hooklineEditors: Editors }).__hooklineEditors[label!]!.setValue(value!);
    },
    [editor, text],
  );
}

/** What one of the code editors holds. */
export function textOf(page: Page, editor: string): Promise<string> {
  return page.evaluate((label) => {
    type Editors = Record<string, { getValue(): string }>;
    return (window as unknown as { __hooklineEditors: Editors }).__hooklineEditors[label]!.getValue();
  }, editor);
}

/** Makes a scenario by the dialog of the list and opens it. */
export async function newScenario(page: Page, project: string, name: string, beginning: string): Promise<void> {
  await page.goto(`${application().url}/p/${project}/campaigns/scenarios?create=1`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('radio', { name: beginning }).click();
  await page.getByRole('button', { name: 'Create scenario' }).click();
  await page.waitForURL(/\/campaigns\/scenarios\/[0-9a-f-]{36}/);
}

/** Opens the editor of a webhook that is on the canvas. */
export async function openWebhook(page: Page, name = 'Webhook'): Promise<Locator> {
  await page.locator('.react-flow__node', { hasText: name }).dblclick();
  const editor = page.getByRole('dialog', { name, exact: true });
  await editor.waitFor();
  return editor;
}

/** What the rehearsal target has booked under a name. */
export async function booksOf(target: string): Promise<{ requests: number; customers: number }> {
  const answer = await fetch(`${application().rehearsalUrl}/_books/${target}`);
  return { requests: 0, customers: 0, ...((await answer.json()) as object) };
}

/** Customers of the demo project, as screens write a number. */
export async function audience(): Promise<{ count: number; words: string }> {
  const count = await prisma().customer.count({ where: { project: { isDemo: true } } });
  return { count, words: count.toLocaleString('en') };
}

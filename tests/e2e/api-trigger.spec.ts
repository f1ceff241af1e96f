import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { application, signIn } from '../support/app.ts';
import { booksOf, connect, newScenario, openWebhook, write } from '../support/editor.ts';

/** Makes a key for the caller on the page where an admin does, and reads it there, once. */
async function newKey(page: Page, project: string): Promise<string> {
  await page.goto(`${application().url}/p/${project}/settings/access`);
  await page.getByRole('tab', { name: /API keys/ }).click();
  await page.getByRole('button', { name: /New API key|New key/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Weather service');
  await dialog.getByRole('checkbox', { name: /triggers:call|Start API triggers/ }).click();
  await dialog.getByRole('button', { name: /Create/ }).click();
  return (await dialog.locator('code').first().innerText()).trim();
}

test('a storm is called in: everybody of the city gets the warning, and the log says what the call did', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const target = `storm${Date.now()}`;
  const project = await signIn(page);
  const { url, rehearsalUrl } = application();

  // A developer makes the trigger, with what a call must say.
  await page.goto(`${url}/p/${project}/data/api-triggers/new`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Storm ${target}`);
  await page.getByRole('button', { name: 'Add parameter' }).click();
  await page.getByLabel('Name of parameter 1').fill('letter');
  await page.getByLabel('Example of parameter 1').fill('e');
  await page.getByRole('checkbox', { name: /Required/ }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create API trigger' }).click();
  await page.waitForURL(/api-triggers\/[0-9a-f-]{36}$/);
  await expect(page.getByText(`"letter": "e"`)).toBeVisible();
  await expect(page.getByText('No calls yet')).toBeVisible();
  const trigger = page.url();
  const address = `${url}/api/v1/triggers/${trigger.split('/').at(-1)}`;
  await expect(page.getByText(address, { exact: true })).toBeVisible();

  // A marketer draws the scenario: the call, whom it concerns, what they get.
  await newScenario(page, project, `Warning ${target}`, 'Empty');
  await page.getByRole('button', { name: 'API trigger', exact: true }).click();
  await page.getByRole('combobox', { name: 'API trigger' }).click();
  await page.getByRole('option', { name: new RegExp(`Storm ${target}`) }).click();
  await expect(page.getByText('trigger.letter')).toBeVisible();
  await page.getByRole('button', { name: 'Condition', exact: true }).click();
  await page.getByText('a Jinja expression').click();
  await page.getByLabel('Expression').fill('customer.email.startswith(trigger.letter)');
  await page.getByRole('button', { name: 'Webhook', exact: true }).click();
  if ((await page.locator('.react-flow__edge').count()) < 2) {
    await connect(page, 'of #1 API trigger', 'Condition');
    await connect(page, 'Yes of #2 Condition', 'Webhook');
  }
  const editor = await openWebhook(page);
  await write(page, 'URL', `${rehearsalUrl}/t/${target}/warnings`);
  await write(page, 'Payload', '{ "to": "{{ customer.email }}", "because": "{{ trigger.letter }}" }');
  await expect(editor.getByText('"because": "e"')).toBeVisible();
  await editor
    .getByRole('button', { name: /Done|Warning/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/At each call of the API trigger Storm/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Start scenario' }).click();
  await expect(page.getByRole('button', { name: 'Stop' }).first()).toBeVisible();

  // Another system calls.
  const key = await newKey(page, project);
  const call = (parameters: object) =>
    fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ parameters }),
    });
  const refused = await call({ letter: 5 });
  expect(refused.status).toBe(400);
  expect(((await refused.json()) as { error: { message: string } }).error.message).toBe(
    'parameters.letter: must be a text',
  );
  const accepted = await call({ letter: 'a' });
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toMatchObject({ scenarios: 1, runs: [{ number: 1 }] });
  await expect.poll(async () => (await booksOf(target)).requests, { timeout: 30_000 }).toBeGreaterThan(0);

  // The log has both, and leads to the run.
  await page.goto(trigger);
  await expect(page.getByText('parameters.letter: must be a text')).toBeVisible();
  await page.getByText('Started', { exact: true }).click();
  await page.getByRole('button', { name: 'Reveal values' }).click();
  await expect(page.getByText('"letter": "a"')).toBeVisible();
  await expectAccessible(page);
  await page
    .getByRole('link', { name: /Warning .* · run 1/ })
    .first()
    .click();
  await page.waitForURL(/evaluate\?run=/);
  await expect(page.getByRole('heading', { name: 'Run 1' })).toBeVisible();
  await expect(page.getByText('Everyone, at a call of an API trigger')).toBeVisible();

  // The scenario waits for the next call until somebody stops it.
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Stop immediately' }).click();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  expect((await call({ letter: 'a' })).status).toBe(409);
});

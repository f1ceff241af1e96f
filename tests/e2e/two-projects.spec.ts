import fs from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { application, memberPage } from '../support/app.ts';
import { PAGES } from '../support/pages.ts';
import { ASKING, canariesIn, furnished, REACHES, type Theirs } from '../support/reaches.ts';

// The admin of one project walks every page, asks every verb and downloads every export, with the ids of two projects. The
// other one is full of canaries: none may arrive in the browser, and none may stand in what the web process writes.

/** The pages of the objects of a project. */
const pagesOf = (side: Theirs): string[] => [
  `campaigns/scenarios/${side.scenario}`,
  `campaigns/scenarios/${side.scenario}/test`,
  `campaigns/scenarios/${side.scenario}/evaluate`,
  `campaigns/scenarios/${side.scenario}/evaluate?run=${side.run}`,
  `data/customers/${side.customer}`,
  `data/catalogs/${side.catalog}`,
  `data/imports/${side.import}`,
  `data/integrations/${side.integration}`,
  `data/integrations/presets/${side.preset}`,
];

/** Visits pages; gives where a canary arrived: in an answer of the network, or in what the page became. */
async function walk(page: Page, project: string, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const read: Promise<unknown>[] = [];
  const look = (where: string, text: string) => found.push(...canariesIn(text).map((canary) => `${where}: ${canary}`));
  const listen = (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/_next/static/')) return;
    // An answer whose page has been left has no body any more; what the page showed of it is looked at below.
    read.push(
      response.text().then(
        (text) => look(pathname, text),
        () => undefined,
      ),
    );
  };
  page.on('response', listen);
  for (const path of paths) {
    await page.goto(`${application().url}/p/${project}/${path}`);
    await expect(page.getByRole('heading').first(), path).toBeVisible();
    await page.waitForLoadState('networkidle');
    look(path, await page.content());
  }
  await Promise.all(read);
  page.off('response', listen);
  return found;
}

/** What the browser adds to a request of a page of ours. */
const asOurs = () => ({ origin: application().url, 'sec-fetch-site': 'same-origin' });

/** Asks a verb as the pages do; gives the text of the answer. */
async function told(page: Page, name: string, project: string, input: object): Promise<string> {
  const { url } = application();
  const response = await page.request.post(`${url}/api/call/${name}`, {
    headers: { 'content-type': 'application/json', ...asOurs() },
    data: JSON.stringify({ project, input }),
  });
  return response.text();
}

test('the admin of one project finds nothing of another: on no page, in no answer, in no export, in no log', async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const theirs = await furnished();
  const own = await furnished('of-ones-own', { password: 'swordfish-one', header: 'swordfish-two' });
  const page = await memberPage(browser, 'admin', own.projectId);

  expect(await walk(page, own.projectId, [...PAGES, ...pagesOf(own), ...pagesOf(theirs)])).toEqual([]);
  // In the name of the other project there is nothing to walk: the answer is all that comes.
  for (const path of [...PAGES, ...pagesOf(theirs)]) {
    const response = await page.request.get(`${application().url}/p/${theirs.projectId}/${path}`);
    expect(response.status(), path).toBe(404);
    expect(canariesIn(await response.text()), path).toEqual([]);
  }

  for (const name of ASKING)
    for (const [project, side] of [
      [own.projectId, own],
      [own.projectId, theirs],
      [theirs.projectId, theirs],
    ] as const)
      expect(canariesIn(await told(page, name, project, REACHES[name](side))), name).toEqual([]);

  const { url, logFile } = application();
  for (const path of ['export/customers', 'export/events', 'export/audit', `import/report/${theirs.import}`])
    for (const project of [own.projectId, theirs.projectId]) {
      const response = await page.request.get(`${url}/api/${path}?project=${project}`, { headers: asOurs() });
      expect(response.ok(), `${path} of ${project}`).toBe(project === own.projectId && path.startsWith('export/'));
      expect(canariesIn(await response.text()), path).toEqual([]);
    }
  expect(canariesIn(fs.readFileSync(logFile, 'utf8'))).toEqual([]);
});

test('the admin of the other project does see what was searched for', async ({ browser }) => {
  const theirs = await furnished();
  const page = await memberPage(browser, 'admin', theirs.projectId);
  const found = await walk(page, theirs.projectId, ['data/customers', 'data/integrations', ...pagesOf(theirs)]);
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map((where) => where.split(': ')[1]))).toEqual(new Set(['canary-of-the-other-project']));
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verbs } from '../../../lib/services/index.ts';
import { newApiKey } from '../../support/api-key.ts';
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { until } from '../../support/engine.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let server: Awaited<ReturnType<typeof serveRoutes>>;
let project: TestProject;
let key: string;
let customer: string;
beforeAll(async () => {
  server = await serveRoutes('api/v1');
});
afterAll(() => server.stop());
beforeEach(async () => {
  project = await newProject();
  key = (await newApiKey(await project.as('admin'), 'customers:delete')).key;
  const made = await verbs['customer.create'](await project.as('marketer'), { identifiers: { registered: 'cust/1' } });
  customer = made.id;
});

async function ask(method: string, path: string, bearer = key) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}` },
  });
  return { status: response.status, body: await response.json() };
}

describe('deleting a customer by the API', () => {
  it('is answered 202 with the job, which can be asked for until it is done', async () => {
    const { status, body } = await ask('DELETE', `/customers/${customer}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ state: 'running', customers: 1, step: 1, steps: 5 });
    const job = await until('it is done', async () => {
      const told = await ask('GET', `/deletions/${body.id}`);
      return told.body.state === 'done' && told;
    });
    expect(job).toMatchObject({ status: 200, body: { removed: { events: 0 }, endedAt: expect.any(String) } });
    expect(await ask('DELETE', `/customers/${customer}`)).toMatchObject({ status: 404 });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'customer.deleted' });
  });

  it('takes an identifier, whatever is in it', async () => {
    expect(await ask('DELETE', '/customers/cust%2F1?by=cookie')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', '/customers/cust%2F1?by=registered')).toMatchObject({ status: 202 });
  });

  it('needs the scope, and does not reach another project', async () => {
    const { key: writes } = await newApiKey(await project.as('admin'), 'customers:write');
    expect(await ask('DELETE', `/customers/${customer}`, writes)).toMatchObject({ status: 403 });
    const { key: foreign } = await newApiKey(await (await newProject()).as('admin'), 'customers:delete');
    expect(await ask('DELETE', `/customers/${customer}`, foreign)).toMatchObject({ status: 404 });
    const { body } = await ask('DELETE', `/customers/${customer}`);
    expect(await ask('GET', `/deletions/${body.id}`, foreign)).toMatchObject({ status: 404 });
  });
});

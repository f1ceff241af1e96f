import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PER_KEY_RUN } from '../../../lib/next/api-limit.ts';
import { newApiKey } from '../../support/api-key.ts';
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

let server: Awaited<ReturnType<typeof serveRoutes>>;
let project: TestProject;
let key: string;
let scenario: string;
beforeAll(async () => {
  server = await serveRoutes('api/v1');
});
afterAll(() => server.stop());
beforeEach(async () => {
  project = await newProject();
  key = (await newApiKey(await project.as('admin'), 'scenarios:run', 'runs:read')).key;
  scenario = await storeScenario(project.id, rowOf(['on-event', { event: 'purchase' }], webhookStep()));
});

async function ask(method: string, path: string, body: object = {}, bearer = key) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
}

describe('a scenario', () => {
  it('is started once, shows its run, and is stopped; the audit log names the key', async () => {
    const started = await ask('POST', `/scenarios/${scenario}/start`);
    expect(started).toMatchObject({ status: 200, body: { runs: [{ kind: 'event' }] } });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.start',
      actorKind: 'key',
      actorName: 'Shop',
    });
    expect(await ask('POST', `/scenarios/${scenario}/start`)).toMatchObject({ status: 409 });
    const run = await ask('GET', `/runs/${started.body.runs[0].id}`);
    expect(run).toMatchObject({ status: 200, body: { run: { scenarioId: scenario, state: 'running' } } });
    expect(run.body.run).not.toHaveProperty('document');
    expect(await ask('POST', `/scenarios/${scenario}/stop`, { mode: 'now' })).toMatchObject({ status: 200 });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'scenario.stop', after: { mode: 'now' } });
  });

  it('with errors is not started, and the answer lists them', async () => {
    const broken = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ url: '' })));
    const { status, body } = await ask('POST', `/scenarios/${broken}/start`);
    expect(status).toBe(400);
    expect(JSON.stringify(body.error.details)).toMatch(/address|URL/i);
  });

  it('of another project is not found, nor are its runs', async () => {
    const other = await newProject();
    const { key: foreign } = await newApiKey(await other.as('admin'), 'scenarios:run', 'runs:read');
    expect((await ask('POST', `/scenarios/${scenario}/start`, {}, foreign)).status).toBe(404);
    expect((await ask('POST', `/scenarios/${scenario}/stop`, {}, foreign)).status).toBe(404);
    expect((await ask('GET', '/runs/1', {}, foreign)).status).toBe(404);
  });

  it('needs the scope, and fields that are known', async () => {
    const { key: weak } = await newApiKey(await project.as('admin'), 'events:write');
    expect((await ask('POST', `/scenarios/${scenario}/start`, {}, weak)).status).toBe(403);
    expect((await ask('GET', '/runs/1', {}, weak)).status).toBe(403);
    expect((await ask('POST', `/scenarios/${scenario}/stop`, { mode: 'never' })).status).toBe(400);
    expect((await ask('POST', `/scenarios/${scenario}/start`, { projectId: 'other' })).status).toBe(400);
    expect((await ask('POST', `/scenarios/${scenario}/start`, { id: 'other', extra: 1 })).status).toBe(400);
    expect((await ask('POST', '/scenarios/none/start')).status).toBe(400);
  });

  it('is started and stopped at most 60 times a minute by one key', async () => {
    for (let i = 0; i < PER_KEY_RUN; i++) await ask('POST', `/scenarios/${scenario}/stop`);
    const refused = await ask('POST', `/scenarios/${scenario}/stop`);
    expect(refused.status).toBe(429);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    const { key: other } = await newApiKey(await project.as('admin'), 'scenarios:run');
    expect((await ask('POST', `/scenarios/${scenario}/stop`, {}, other)).status).not.toBe(429);
  });
});

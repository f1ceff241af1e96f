import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { newApiKey } from '../../support/api-key.ts';
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

let server: Awaited<ReturnType<typeof serveRoutes>>;
let project: TestProject;
let key: string;
let trigger: string;
let scenario: string;
beforeAll(async () => {
  server = await serveRoutes('api/v1');
});
afterAll(() => server.stop());
beforeEach(async () => {
  project = await newProject();
  key = (await newApiKey(await project.as('admin'), 'triggers:call')).key;
  const developer = await project.as('developer');
  ({ id: trigger } = await verbs['api-trigger.create'](developer, {
    name: 'Storm',
    parameters: [{ name: 'city', type: 'text', required: true, example: 'Brno' }],
  }));
  scenario = await storeScenario(project.id, rowOf(['api-trigger', { triggerId: trigger }], webhookStep()));
  await verbs['scenario.start'](developer, { id: scenario });
});

const BRNO = { parameters: { city: 'Brno' } };
async function post(body: object | string = BRNO, headers: Record<string, string> = {}, id = trigger) {
  const response = await fetch(`${server.url}/api/v1/triggers/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    retryAfter: response.headers.get('retry-after'),
    isRepeated: response.headers.get('idempotency-replayed') === 'true',
    body: (await response.json()) as Record<string, never>,
  };
}
const log = async () => (await verbs['api-trigger.calls'](await project.as('viewer'), { id: trigger })).calls;

describe('the call of an API trigger', () => {
  it('is accepted with the runs that began, and stands in the log and the audit log with the key', async () => {
    const answer = await post();
    expect(answer).toMatchObject({
      status: 202,
      body: { scenarios: 1, runs: [{ number: 1, scenarioId: scenario, scenarioName: 'Spring SMS' }] },
    });
    expect(await log()).toMatchObject([
      {
        outcome: 'started',
        caller: 'Shop',
        keyPrefix: key.slice(0, 11),
        requestId: answer.requestId,
        runs: [{ number: 1 }],
      },
    ]);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'api-trigger.call',
      actorKind: 'key',
      actorName: 'Shop',
    });
    const run = await prisma().run.findFirst({ where: { scenarioId: scenario, number: 1 } });
    expect(run).toMatchObject({ kind: 'api', calledWith: { city: 'Brno' } });
  });

  it('needs a key with the scope for it, by Bearer or by Basic', async () => {
    const { key: weak } = await newApiKey(await project.as('admin'), 'scenarios:run', 'events:write');
    expect(await post(BRNO, { authorization: `Bearer ${weak}` })).toMatchObject({
      status: 403,
      body: { error: { message: 'This API key lacks the scope triggers:call.' } },
    });
    expect((await post(BRNO, { authorization: '' })).status).toBe(401);
    const basic = `Basic ${Buffer.from(`:${key}`).toString('base64')}`;
    expect((await post(BRNO, { authorization: basic })).status).toBe(202);
  });

  it('is JSON of a sound size, and says which parameter is wrong', async () => {
    expect((await post('city=Brno', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await post('[1]')).status).toBe(400);
    expect((await post({ parameters: { city: 'x'.repeat(200_000) } })).status).toBe(413);
    expect(await post({ parameters: { city: 5, level: 3 } })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'invalid',
          message: 'parameters.level: unknown; there is city',
          fields: [{ path: 'parameters.level' }, { path: 'parameters.city', message: 'must be a text' }],
        },
      },
    });
    expect((await post({ city: 'Brno' })).status).toBe(400);
    expect(await log()).toMatchObject([{ outcome: 'refused', reason: 'parameters.level: unknown; there is city' }]);
  });

  it('says 404 for a trigger that is not there and 409 while it cannot be heard, each with what to do', async () => {
    const stranger = await newProject();
    const { id: foreign } = await verbs['api-trigger.create'](await stranger.as('developer'), { name: 'Storm' });
    expect((await post(BRNO, {}, foreign)).status).toBe(404);
    const developer = await project.as('developer');
    const { id: lonely } = await verbs['api-trigger.create'](developer, { name: 'Lonely' });
    expect(await post({}, {}, lonely)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'no-active-scenario' }, message: expect.stringContaining('Start one') } },
    });
    await verbs['api-trigger.update'](developer, { id: lonely, name: 'Lonely', enabled: false });
    expect(await post({}, {}, lonely)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'disabled' }, message: expect.stringContaining('switched off') } },
    });
  });

  it('that comes too soon is told when to come again', async () => {
    expect((await post()).status).toBe(202);
    expect(await post()).toMatchObject({ status: 429, retryAfter: '1', body: { error: { code: 'limited' } } });
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect((await post()).status).toBe(202);
    expect((await log()).map(({ outcome }) => outcome)).toEqual(['started', 'limited', 'started']);
  });

  it('sent again under its Idempotency-Key begins nothing again', async () => {
    const named = { 'idempotency-key': 'storm-1' };
    const [first, again] = [await post(BRNO, named), await post(BRNO, named)];
    expect(again).toMatchObject({ status: 202, isRepeated: true, body: first.body });
    expect((await post({ parameters: { city: 'Praha' } }, named)).status).toBe(422);
    expect((await log()).map(({ outcome }) => outcome)).toEqual(['started']);
  });

  it('may be sent again under its key when it was refused', async () => {
    expect((await post()).status).toBe(202);
    const named = { 'idempotency-key': 'storm-2' };
    expect((await post(BRNO, named)).status).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await post(BRNO, named)).toMatchObject({ status: 202, isRepeated: false });
  });
});

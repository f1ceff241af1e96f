import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { newApiKey } from '../../support/api-key.ts';
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject, type TestProject } from '../../support/members.ts';
import { rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

const examples = [...fs.readFileSync('docs/api.md', 'utf8').matchAll(/```sh\n(curl[\s\S]*?)```/g)].map(
  (match) => match[1]!,
);

describe('the examples of docs/api.md', () => {
  let server: Awaited<ReturnType<typeof serveRoutes>>;
  let project: TestProject;
  let key: string;
  let scenario: string;
  let trigger: string;
  beforeAll(async () => {
    server = await serveRoutes('api/v1', 'track');
    project = await newProject();
    key = (
      await newApiKey(
        await project.as('admin'),
        'events:write',
        'customers:write',
        'customers:delete',
        'scenarios:run',
        'runs:read',
        'triggers:call',
      )
    ).key;
    scenario = await storeScenario(project.id, rowOf(['on-event', { event: 'purchase' }], webhookStep()));
    const developer = await project.as('developer');
    ({ id: trigger } = await verbs['api-trigger.create'](developer, {
      name: 'Storm',
      parameters: [
        { name: 'city', type: 'text', required: true },
        { name: 'level', type: 'number' },
      ],
    }));
    const called = await storeScenario(project.id, rowOf(['api-trigger', { triggerId: trigger }], webhookStep()));
    await verbs['scenario.start'](developer, { id: called });
  });
  afterAll(() => server.stop());

  it('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(7);
  });

  it.each(examples)('%s is answered with success', async (example) => {
    const run = await prisma().run.findFirst({ where: { projectId: project.id } });
    const env = {
      PATH: process.env.PATH ?? '',
      HOOKLINE: server.url,
      KEY: key,
      PROJECT: project.id,
      SCENARIO: scenario,
      TRIGGER: trigger,
      RUN: String(run?.id),
    } as unknown as NodeJS.ProcessEnv;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', example], { env, timeout: 20_000 });
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    expect(answer).not.toHaveProperty('error');
    expect(answer).not.toHaveProperty('errors');
    if ('refused' in answer) expect(answer.refused).toBe(0);
    for (const result of (answer.results as { success?: boolean; ok?: boolean }[] | undefined) ?? [])
      expect(result.success ?? result.ok).toBe(true);
  });
});

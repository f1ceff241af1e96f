import { describe, expect, it } from 'vitest';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject } from '../../support/members.ts';

freshDatabase();

const settings = { concurrency: 5, rate: { requests: 300, per: 'minute' as const }, isDefault: false };

describe('the queues of a project', () => {
  it('are told for each of its policies, by name, also when nothing waits', async () => {
    const project = await newProject();
    const developer = await project.as('developer');
    for (const name of ['SMS', 'Mail']) await verbs['policy.create'](developer, { ...settings, name });
    const queues = await verbs['policy.queues'](await project.as('viewer'), {});
    expect(queues).toMatchObject(
      ['Mail', 'SMS'].map((name) => ({ name, limit: 5, inFlight: 0, waiting: 0, campaigns: [], etaSeconds: null })),
    );
    expect(queues[0]!.rate).toMatchObject({ count: 300, periodSeconds: 60 });
  });

  it('are not those of another project', async () => {
    const developer = await (await newProject()).as('developer');
    await verbs['policy.create'](developer, { ...settings, name: 'Theirs' });
    expect(await verbs['policy.queues'](await (await newProject()).as('admin'), {})).toEqual([]);
  });

  it('are nothing to a stranger', async () => {
    const stranger = await (await newProject()).as(null);
    await expect(verbs['policy.queues'](stranger, {})).rejects.toMatchObject({ code: 'not-found' });
  });
});

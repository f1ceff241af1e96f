import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { Behaviour, type Rehearsal, startRehearsal } from '../../../lib/rehearsal/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ port: 0 });
  process.env.REHEARSAL_URL = rehearsal.url;
});
afterAll(() => rehearsal.close());

const send = (url: string, body: string) => fetch(`${url}v1/messages`, { method: 'POST', body });
const baseOf = async (ctx: Ctx) => (await verbs['rehearsal.list'](ctx, {})).base!;

describe('the rehearsal target of a project', () => {
  it('shows what was sent to it, the latest first', async () => {
    const ctx = await (await newProject()).as('viewer');
    const base = await baseOf(ctx);
    expect(base.startsWith(`${rehearsal.url}/t/${ctx.projectId.slice(-12)}.`)).toBe(true);
    await send(`${base}sms/`, '[{"to":1},{"to":2}]');
    await send(`${base}mail/`, '{"n":1}');
    await send(`${base}mail/`, '{"n":2}');
    const { targets, fault } = await verbs['rehearsal.list'](ctx, {});
    expect(fault).toBeNull();
    expect(targets).toMatchObject([
      { name: 'mail', url: `${base}mail/`, requests: 2, inFlight: 0 },
      { name: 'sms', url: `${base}sms/`, requests: 1 },
    ]);
    const mail = await verbs['rehearsal.open'](ctx, { target: 'mail' });
    expect(mail).toMatchObject({ url: `${base}mail/`, behaviour: Behaviour.parse({}), totals: { requests: 2 } });
    expect(mail.requests.map(({ number }) => number)).toEqual([2, 1]);
    expect(mail.requests[0]).not.toHaveProperty('body');
    expect(await verbs['rehearsal.request'](ctx, { target: 'mail', number: 1 })).toMatchObject({
      body: '{\n  "n": "•••"\n}',
    });
  });

  it('shows the values of a request only when they are revealed, and that is audited', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    await send(`${await baseOf(ctx)}sms/v1/messages/canary-9?to=canary`, '{"to":"canary-eva@example.com"}');
    const which = { target: 'sms', number: 1 };
    const { requests } = await verbs['rehearsal.open'](ctx, { target: 'sms' });
    expect(requests).toMatchObject([{ path: '/v1/messages/•••?to=•••' }]);
    expect(JSON.stringify([requests, await verbs['rehearsal.request'](ctx, which)])).not.toContain('canary');
    expect(await verbs['rehearsal.reveal'](ctx, which)).toMatchObject({
      isMasked: false,
      path: expect.stringContaining('/v1/messages/canary-9?to=canary'),
      body: '{"to":"canary-eva@example.com"}',
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'rehearsal.reveal',
      objectName: 'sms',
      after: { request: 1 },
    });
    const viewer = await project.as('viewer');
    expect(await verbs['rehearsal.request'](viewer, which)).toMatchObject({ mayReveal: false });
    await expect(verbs['rehearsal.reveal'](viewer, which)).rejects.toMatchObject({ code: 'forbidden' });
    const other = await (await newProject()).as('admin');
    await expect(verbs['rehearsal.reveal'](other, which)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('behaves as it is told, and that is audited', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const behaviour = Behaviour.parse({ errorRate: 1, errorStatus: 503 });
    await verbs['rehearsal.behave'](ctx, { target: 'sms', behaviour });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'rehearsal.behave',
      objectName: 'sms',
      before: Behaviour.parse({}),
      after: behaviour,
    });
    expect((await send(`${await baseOf(ctx)}sms/`, '{}')).status).toBe(503);
    await verbs['rehearsal.clear'](ctx, { target: 'sms' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'rehearsal.clear', objectName: 'sms' });
    expect(await verbs['rehearsal.open'](ctx, { target: 'sms' })).toMatchObject({ behaviour, totals: { requests: 0 } });
  });

  it('is not changed by a viewer, and not seen by a stranger', async () => {
    const project = await newProject();
    const viewer = await project.as('viewer');
    const forbidden = { code: 'forbidden' };
    await expect(verbs['rehearsal.clear'](viewer, { target: 'sms' })).rejects.toMatchObject(forbidden);
    await expect(
      verbs['rehearsal.behave'](viewer, { target: 'sms', behaviour: Behaviour.parse({}) }),
    ).rejects.toMatchObject(forbidden);
    const stranger = await project.as(null);
    await expect(verbs['rehearsal.list'](stranger, {})).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is another one than that of the same name in another project', async () => {
    const [one, other] = [await (await newProject()).as('admin'), await (await newProject()).as('admin')];
    await send(`${await baseOf(one)}sms/`, '{"secret":1}');
    expect((await verbs['rehearsal.list'](other, {})).targets).toEqual([]);
    expect(await verbs['rehearsal.open'](other, { target: 'sms' })).toMatchObject({ totals: { requests: 0 } });
    await expect(verbs['rehearsal.request'](other, { target: 'sms', number: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('has plain names in the demo project only', async () => {
    const project = await newProject();
    const ctx = await project.as('viewer');
    await prisma().project.update({ where: { id: project.id }, data: { isDemo: true } });
    await send(`${rehearsal.url}/t/plain/`, '{}');
    const { base, targets } = await verbs['rehearsal.list'](ctx, {});
    expect(base).toBe(`${rehearsal.url}/t/`);
    expect(targets.map(({ name }) => name)).toEqual(['plain']);
    expect((await verbs['rehearsal.list'](await (await newProject()).as('viewer'), {})).targets).toEqual([]);
  });

  it('is asked by names that cannot lead elsewhere', async () => {
    const ctx = await (await newProject()).as('admin');
    for (const target of ['', '../_targets', 'a/b', 'a?b', 'a.b', 'A', 'x'.repeat(41)])
      await expect(verbs['rehearsal.open'](ctx, { target })).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ path: 'target' }],
      });
  });

  it('that does not run is told in words', async () => {
    const ctx = await (await newProject()).as('viewer');
    await rehearsal.close();
    const { targets, fault } = await verbs['rehearsal.list'](ctx, {});
    expect(targets).toEqual([]);
    expect(fault).toBe(`The rehearsal target does not answer at ${rehearsal.url}. Is its process running?`);
    await expect(verbs['rehearsal.open'](ctx, { target: 'sms' })).rejects.toMatchObject({ code: 'conflict' });
  });
});

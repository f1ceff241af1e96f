import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const STANDARD = { bodyDays: 30, outcomeMonths: 13 };

describe('how long a project keeps things', () => {
  it('is thirty days for bodies and thirteen months for outcomes until somebody says otherwise', async () => {
    const project = await newProject();
    expect(await verbs['project.get'](await project.as('viewer'), {})).toMatchObject({ retention: STANDARD });
  });

  it('is set by an admin, seen by everybody in the project, and audited with what it was before', async () => {
    const [project, other] = [await newProject(), await newProject()];
    const admin = await project.as('admin');
    await verbs['project.require-checks'](admin, { required: true });
    await verbs['project.set-retention'](admin, { bodyDays: 7, outcomeMonths: 3 });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'project.set-retention',
      actorId: admin.actor.id,
      before: STANDARD,
      after: { bodyDays: 7, outcomeMonths: 3 },
    });
    expect(await verbs['project.get'](await project.as('viewer'), {})).toMatchObject({
      retention: { bodyDays: 7, outcomeMonths: 3 },
      requiresChecks: true,
    });
    expect(await verbs['project.get'](await other.as('admin'), {})).toMatchObject({ retention: STANDARD });
  });

  it('cannot be set by anybody else', async () => {
    const project = await newProject();
    const input = { bodyDays: 7, outcomeMonths: 3 };
    for (const role of ['viewer', 'marketer', 'developer'] as const)
      await expect(verbs['project.set-retention'](await project.as(role), input)).rejects.toMatchObject({
        code: 'forbidden',
      });
    const stranger = { ...(await (await newProject()).as('admin')), projectId: project.id, role: null };
    await expect(verbs['project.set-retention'](stranger, input)).rejects.toMatchObject({ code: 'not-found' });
    expect(await prisma().project.findUniqueOrThrow({ where: { id: project.id } })).toMatchObject({ settings: {} });
  });

  it.each([
    [{ bodyDays: 0, outcomeMonths: 3 }, 'bodyDays', 'Give a whole number of days from 1 to 365.'],
    [{ bodyDays: 1.5, outcomeMonths: 3 }, 'bodyDays', 'Give a whole number of days from 1 to 365.'],
    [{ bodyDays: Number.NaN, outcomeMonths: 3 }, 'bodyDays', 'Give a whole number of days from 1 to 365.'],
    [{ bodyDays: 30, outcomeMonths: 121 }, 'outcomeMonths', 'Give a whole number of months from 1 to 120.'],
    [{ bodyDays: 90, outcomeMonths: 2 }, 'bodyDays', expect.stringContaining('no longer than outcomes')],
  ])('%o is refused in words, at its field', async (input, path, message) => {
    const admin = await (await newProject()).as('admin');
    await expect(verbs['project.set-retention'](admin, input)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path, message }],
    });
  });
});

import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { isFirstRun, projectsOf, roleIn, setUpFirstRun } from '../../../lib/services/project.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const owner = (email: string) => ({
  name: 'Eva Nová',
  email,
  password: 'three calm grey herons',
  projectName: 'Acme Shop',
  timeZone: 'Europe/Bratislava',
});

describe('the first run', () => {
  it('makes one owner with a project, whoever comes at the same time', async () => {
    expect(await isFirstRun()).toBe(true);
    const results = await Promise.allSettled([
      setUpFirstRun(owner('eva@example.com')),
      setUpFirstRun(owner('jan@example.com')),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await isFirstRun()).toBe(false);
    const [user] = await prisma().user.findMany();
    const [project] = await projectsOf(user!.id);
    expect(project).toMatchObject({ name: 'Acme Shop', role: 'admin' });
    expect(await lastAudit(project!.id)).toMatchObject({ action: 'project.create', actorId: user!.id });
    await expect(setUpFirstRun(owner('late@example.com'))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('tells every fault by its field', async () => {
    await expect(
      setUpFirstRun({ name: ' ', email: 'nonsense', password: 'short', projectName: '', timeZone: 'Mars/Base' }),
    ).rejects.toMatchObject({
      fields: ['name', 'email', 'password', 'projectName', 'timeZone'].map((path) => ({ path })),
    });
  });
});

describe('a project', () => {
  it('is renamed by an admin, which is audited; others are refused', async () => {
    const project = await newProject('Before');
    const input = { name: 'After', timeZone: 'Asia/Tokyo' };
    await expect(verbs['project.update'](await project.as('developer'), input)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(verbs['project.update'](await project.as(null), input)).rejects.toMatchObject({ code: 'not-found' });
    await verbs['project.update'](await project.as('admin'), input);
    expect(await verbs['project.get'](await project.as('viewer'), {})).toMatchObject(input);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'project.update',
      before: { name: 'Before', timeZone: 'UTC' },
      after: input,
    });
  });

  it('made by an admin of another belongs to its maker alone', async () => {
    const project = await newProject();
    const ctx = await project.as('admin');
    const { id } = await verbs['project.create'](ctx, { name: 'Second', timeZone: 'UTC' });
    expect(await roleIn(id, ctx.actor.id!)).toBe('admin');
    expect(await prisma().membership.count({ where: { projectId: id } })).toBe(1);
    await expect(
      verbs['project.create'](await project.as('viewer'), { name: 'X', timeZone: 'UTC' }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('has no role for a stranger, whatever the id looks like', async () => {
    const project = await newProject();
    const stranger = await project.as(null);
    expect(await roleIn(project.id, stranger.actor.id!)).toBeNull();
    expect(await roleIn('../etc', stranger.actor.id!)).toBeNull();
  });
});

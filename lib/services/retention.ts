import { Retention, STANDARD_RETENTION } from '../core/retention.ts';
import type { Db, Tx } from '../db/index.ts';
import { write } from './verb.ts';

/** How long a project keeps bytes and outcomes; the executor's housekeeping reads the same key of the settings. */

/** What was set for the project, or the standard. */
export async function retentionOf(db: Db | Tx, projectId: string): Promise<Retention> {
  const project = await db.project.findUniqueOrThrow({ where: { id: projectId }, select: { settings: true } });
  return (project.settings as { retention?: Retention }).retention ?? STANDARD_RETENTION;
}

/** Sets how long the project keeps bytes and outcomes. It holds for what is there already: a shorter time forgets it soon. */
export const setRetention = write({
  needs: 'administer',
  input: Retention,
  async run({ ctx, input, tx, note }) {
    await tx.$queryRaw`SELECT id FROM project WHERE id = ${ctx.projectId}::uuid FOR NO KEY UPDATE`;
    const before = await retentionOf(tx, ctx.projectId);
    await tx.$executeRaw`
      UPDATE project SET settings = settings || jsonb_build_object('retention', ${JSON.stringify(input)}::jsonb)
       WHERE id = ${ctx.projectId}::uuid`;
    await note({
      action: 'project.set-retention',
      objectType: 'project',
      objectId: ctx.projectId,
      before,
      after: input,
    });
    return {};
  },
});

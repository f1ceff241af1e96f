import { z } from 'zod';
import { type Db, Prisma, prisma } from '../db/index.ts';
import { csvLine } from './import-csv.ts';
import { act, type Ctx, read } from './verb.ts';

/**
 * The audit log: who did what to what, from where, with the values before and after but never a secret. It is written by
 * `audit` of verb.ts and can only be read; the sign-ins of a project's members, which belong to no project, are part of it.
 */

const Filters = z.strictObject({
  /** The part of an action before the dot, e.g. "integration". */
  area: z.string().max(64).nullable().default(null),
  /** Id of the user or key. */
  actor: z.string().max(64).nullable().default(null),
  /** Part of a name of a person or thing, an action, an address or a request id. */
  query: z.string().trim().max(256).default(''),
  from: z.iso.datetime().nullable().default(null),
  to: z.iso.datetime().nullable().default(null),
});
type Filters = z.infer<typeof Filters>;

const PAGE = 50;
const EXPORT_PAGE = 1000;
/** Spreadsheets guess the encoding without it. */
const MARK = '\ufeff';

export interface AuditRow {
  id: string;
  at: string;
  actorKind: string;
  actorId: string | null;
  actorName: string;
  action: string;
  objectType: string;
  objectId: string | null;
  objectName: string | null;
  before: unknown;
  after: unknown;
  requestId: string | null;
  address: string | null;
}

/** The latest entries first, with what they can be filtered by. */
export const listAudit = read({
  needs: 'administer',
  input: Filters.extend({ before: z.string().regex(/^\d+$/).nullable().default(null) }),
  async run({ ctx, input: { before, ...filters }, db }) {
    const [rows, areas, actors] = await Promise.all([
      page(db, ctx.projectId, filters, before, PAGE + 1),
      db.$queryRaw<{ area: string }[]>`
        SELECT DISTINCT split_part(action, '.', 1) AS area FROM audit_entry
         WHERE ${visible(ctx.projectId)} ORDER BY 1`,
      db.$queryRaw<{ id: string; name: string }[]>`
        SELECT actor_id AS id, (array_agg(actor_name ORDER BY id DESC))[1] AS name FROM audit_entry
         WHERE ${visible(ctx.projectId)} AND actor_id IS NOT NULL GROUP BY 1 ORDER BY 2 LIMIT 500`,
    ]);
    return {
      entries: rows.slice(0, PAGE),
      next: rows.length > PAGE ? rows[PAGE - 1]!.id : null,
      areas: areas.map(({ area }) => area),
      actors,
    };
  },
});

/** What the filters find as CSV, page by page with flat memory. For the download route: a stream is no JSON. */
export const exportAudit = act({
  needs: 'administer',
  input: Filters,
  async run({ ctx, input, note }) {
    await note({ action: 'audit.export', objectType: 'audit', after: input });
    return { fileName: `audit-${new Date().toISOString().slice(0, 10)}.csv`, lines: lines(ctx, input) };
  },
});

async function* lines(ctx: Ctx, filters: Filters): AsyncGenerator<string> {
  yield MARK + csvLine(COLUMNS.map(([name]) => name));
  for (let before: string | null = null; ; ) {
    const rows: AuditRow[] = await page(prisma(), ctx.projectId, filters, before, EXPORT_PAGE);
    yield rows.map((row) => csvLine(COLUMNS.map(([, cell]) => cell(row)))).join('');
    if (rows.length < EXPORT_PAGE) return;
    before = rows.at(-1)!.id;
  }
}

const json = (value: unknown) => (value === null || value === undefined ? '' : JSON.stringify(value));
const COLUMNS: [name: string, cell: (row: AuditRow) => string][] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['actor_kind', ({ actorKind }) => actorKind],
  ['actor', ({ actorName }) => actorName],
  ['actor_id', ({ actorId }) => actorId ?? ''],
  ['action', ({ action }) => action],
  ['object_type', ({ objectType }) => objectType],
  ['object', ({ objectName }) => objectName ?? ''],
  ['object_id', ({ objectId }) => objectId ?? ''],
  ['before', ({ before }) => json(before)],
  ['after', ({ after }) => json(after)],
  ['address', ({ address }) => address ?? ''],
  ['request_id', ({ requestId }) => requestId ?? ''],
];

/** Entries of the project, and those without one (sign-ins) of people who are its members now. */
const visible = (projectId: string) => Prisma.sql`(
  project_id = ${projectId}::uuid OR
  (project_id IS NULL AND actor_id IN (SELECT user_id::text FROM membership WHERE project_id = ${projectId}::uuid)))`;

async function page(
  db: Db,
  projectId: string,
  { area, actor, query, from, to }: Filters,
  before: string | null,
  limit: number,
): Promise<AuditRow[]> {
  const like = `%${query.replace(/[\\%_]/g, '\\$&')}%`;
  const conditions = [
    visible(projectId),
    ...(before ? [Prisma.sql`id < ${before}::bigint`] : []),
    ...(area ? [Prisma.sql`split_part(action, '.', 1) = ${area}`] : []),
    ...(actor ? [Prisma.sql`actor_id = ${actor}`] : []),
    ...(from ? [Prisma.sql`at >= ${from}::timestamptz`] : []),
    ...(to ? [Prisma.sql`at < ${to}::timestamptz`] : []),
    ...(query
      ? [Prisma.sql`concat_ws(' ', actor_name, action, object_name, object_id, address, request_id) ILIKE ${like}`]
      : []),
  ];
  const rows = await db.$queryRaw<(Omit<AuditRow, 'at' | 'id'> & { at: Date; id: bigint })[]>`
    SELECT id, at, actor_kind AS "actorKind", actor_id AS "actorId", actor_name AS "actorName", action,
           object_type AS "objectType", object_id AS "objectId", object_name AS "objectName", before, after,
           request_id AS "requestId", address
      FROM audit_entry WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(({ id, at, ...row }) => ({ id: String(id), at: at.toISOString(), ...row }));
}

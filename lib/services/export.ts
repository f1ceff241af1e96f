import { z } from 'zod';
import { pool } from '../db/index.ts';
import { findCustomers, identifiersOf } from './customer-search.ts';
import { pageOfEvents } from './event-page.ts';
import { csvLine } from './import-csv.ts';
import { act } from './verb.ts';

/**
 * Customers and events as CSV, written page by page with flat memory; each export is audited before its first line. For
 * the download route: a stream is no JSON.
 */

const PAGE = 1000;
/** As many as a customer may have; a spreadsheet ends at 16,384. */
const MAX_COLUMNS = 1024;
/** Spreadsheets guess the encoding without it. */
const MARK = '\ufeff';

interface Download {
  fileName: string;
  lines: AsyncGenerator<string>;
}

const today = () => new Date().toISOString().slice(0, 10);

/** Customers that a search finds, or all: internal id, one column a kind of identifier, one a property. */
export const exportCustomers = act({
  needs: 'build',
  input: z.strictObject({ query: z.string().max(256).default('') }),
  async run({ ctx, input, note }): Promise<Download> {
    await note({ action: 'customer.export', objectType: 'customer', after: { search: input.query !== '' } });
    return { fileName: `customers-${today()}.csv`, lines: customerLines(ctx.projectId, input.query) };
  },
});

async function* customerLines(projectId: string, query: string): AsyncGenerator<string> {
  const [kinds, names] = await Promise.all([
    columnOf('SELECT DISTINCT kind AS name FROM customer_identifier WHERE project_id = $1 ORDER BY 1', projectId),
    columnOf(
      `SELECT DISTINCT k.name FROM customer c, jsonb_object_keys(c.properties) AS k(name)
        WHERE c.project_id = $1 ORDER BY 1 LIMIT ${MAX_COLUMNS}`,
      projectId,
    ),
  ]);
  yield MARK + csvLine(['internal_id', ...kinds, ...names]);
  for (let before: number | null = null; ; ) {
    const page = await findCustomers(pool(), projectId, { query, before, limit: PAGE });
    const identifiers = await identifiersOf(
      pool(),
      projectId,
      page.map(({ id }) => id),
    );
    yield page
      .map(({ id, properties }) => {
        const own = identifiers.get(id) ?? [];
        const valuesOf = (kind: string) => own.filter((each) => each.kind === kind).map(({ value }) => value);
        return csvLine([
          id,
          ...kinds.map((kind) => valuesOf(kind).join(' ')),
          ...names.map((name) => cellOf(properties[name])),
        ]);
      })
      .join('');
    if (page.length < PAGE) return;
    before = page.at(-1)!.id;
  }
}

/** Events of a type, or all, latest first: time, type, whose, and the properties as JSON. */
export const exportEvents = act({
  needs: 'build',
  input: z.strictObject({ type: z.string().max(256).nullable().default(null) }),
  async run({ ctx, input: { type }, note }): Promise<Download> {
    await note({ action: 'event.export', objectType: 'event', after: { type } });
    return { fileName: `events-${today()}.csv`, lines: eventLines(ctx.projectId, type) };
  },
});

async function* eventLines(projectId: string, type: string | null): AsyncGenerator<string> {
  yield MARK + csvLine(['event_type', 'timestamp', 'internal_id', 'registered', 'properties']);
  for (let before: string | null = null; ; ) {
    const { events, next }: Awaited<ReturnType<typeof pageOfEvents>> = await pageOfEvents(pool(), projectId, {
      type,
      before,
      limit: PAGE,
    });
    const ids = [...new Set(events.map(({ customerId }) => Number(customerId)))];
    const identifiers = await identifiersOf(pool(), projectId, ids);
    yield events
      .map((event) => {
        const hard = identifiers.get(Number(event.customerId))?.find(({ isHard }) => isHard);
        return csvLine([event.type, event.at, event.customerId, hard?.value ?? '', JSON.stringify(event.properties)]);
      })
      .join('');
    if (next === null) return;
    before = next;
  }
}

async function columnOf(text: string, projectId: string): Promise<string[]> {
  const { rows } = await pool().query<{ name: string }>(text, [projectId]);
  return rows.map(({ name }) => name);
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

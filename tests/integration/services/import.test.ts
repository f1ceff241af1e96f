import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { getImport, importReport, listImports, uploadImport } from '../../../lib/services/import.ts';
import { LOCK_CLASS, runImport } from '../../../lib/services/import-job.ts';
import { type ImportKind, Mapping, type ValueType } from '../../../lib/services/import-mapping.ts';
import { cancelImport, previewImport, resumeImport, startImport } from '../../../lib/services/import-run.ts';
import type { Ctx } from '../../../lib/services/verb.ts';
import { freshDatabase, projectWith } from '../../support/database.ts';

freshDatabase();

let ctx: Ctx;
beforeEach(async () => {
  ctx = await projectWith('marketer');
});

async function* pieces(text: string | Uint8Array, size = 65_536) {
  const all = Buffer.from(text as string);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

const upload = async (text: string | Uint8Array) =>
  (await uploadImport(ctx, { fileName: 'people.csv', bytes: pieces(text) })).id;

async function mappingOf(id: string, kind: ImportKind = 'customers'): Promise<Mapping> {
  const { delimiter, columns } = await previewImport(ctx, { id, kind });
  return Mapping.parse({
    delimiter,
    kind,
    header: columns.map(({ header }) => header),
    columns: columns.map(({ use }) => use),
  });
}

async function ended(id: string) {
  for (let tries = 0; tries < 600; tries++) {
    const found = await getImport(ctx, { id });
    if (found.state !== 'running') return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the import did not end');
}

async function importText(text: string, types: Record<string, ValueType> = {}) {
  const id = await upload(text);
  const mapping = await mappingOf(id);
  for (const use of mapping.columns) if (use.as === 'property') use.type = types[use.name] ?? use.type;
  await startImport(ctx, { id, mapping });
  return ended(id);
}

async function customers(): Promise<Record<string, unknown>[]> {
  const { rows } = await pool().query('SELECT properties FROM customer WHERE project_id = $1 ORDER BY id', [
    ctx.projectId,
  ]);
  return rows.map((row) => row.properties);
}

const partsOf = async (id: string) =>
  (await pool().query('SELECT count(*) AS n FROM import_part WHERE import_id = $1', [id])).rows[0].n;

describe('importing customers', () => {
  it('creates and updates by the hard identifier, and reports refused rows with line and reason', async () => {
    await importText('registered,city\na,Brno\n');
    const done = await importText(
      'registered;city;age\na;Praha;41\nb;"Wien\nMitte";7\n;nobody;1\nc;Linz;old\nd;Graz\n',
      { age: 'number' },
    );
    expect(done).toMatchObject({
      state: 'done',
      totalRows: 5,
      doneRows: 5,
      createdRows: 1,
      updatedRows: 1,
      refusedRows: 3,
    });
    expect(done.refusals.map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'has no identifier'],
      [6, 'age: “old” is not a number (write 1234.5)'],
      [7, 'has 2 values where the header has 3'],
    ]);
    expect(await customers()).toEqual([
      { city: 'Praha', age: 41 },
      { city: 'Wien\nMitte', age: 7 },
    ]);
    expect(await partsOf(done.id)).toBe(0);
  });

  it('guesses what the columns are and shows the first rows', async () => {
    const id = await upload('customer_id\tphone\tpoints\tborn\tvip\n7\t+421 903\t12\t1990-05-01\ttrue\n');
    const preview = await previewImport(ctx, { id });
    expect(preview.delimiter).toBe('\t');
    expect(preview.columns.map(({ use }) => (use.as === 'property' ? `${use.name}: ${use.type}` : use.as))).toEqual([
      'identifier',
      'phone: text',
      'points: number',
      'born: date',
      'vip: boolean',
    ]);
    expect(preview.rows).toEqual([['7', '+421 903', '12', '1990-05-01', 'true']]);
  });

  it('takes ten thousand rows in batches', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `cust-${i},Name ${i},${i}`);
    const started = performance.now();
    const done = await importText(`registered,name,n\n${rows.join('\n')}`);
    expect(done).toMatchObject({ state: 'done', doneRows: 10_000, createdRows: 10_000, refusedRows: 0 });
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('writes the refused rows as a CSV whose formulas are disarmed', async () => {
    const done = await importText('registered,age,note\na,=1+1,"=cmd|x"\n', { age: 'number' });
    const { lines, fileName } = await importReport(ctx, { id: done.id });
    let text = '';
    for await (const piece of lines) text += piece;
    expect(fileName).toBe('refused-people.csv');
    expect(text).toBe(
      '\ufeffline,reason,registered,age,note\r\n2,age: “=1+1” is not a number (write 1234.5),a,"\'=1+1","\'=cmd|x"\r\n',
    );
  });

  it('takes the corrected report of another import as it is', async () => {
    const first = await importText('registered,phone,age\na,+421 903,old\n', { age: 'number' });
    let report = '';
    for await (const piece of (await importReport(ctx, { id: first.id })).lines) report += piece;
    const second = await importText(report.replaceAll('old', '41'));
    expect(second).toMatchObject({ state: 'done', createdRows: 1, refusedRows: 0 });
    expect(await customers()).toEqual([{ phone: '+421 903', age: 41 }]);
  });

  it('keeps what was stored and says where the file stops being CSV', async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `r${i},x`);
    const done = await importText(`registered,n\n${rows.join('\n')}\nbad,"open\nmore,1\n`);
    expect(done.state).toBe('failed');
    expect(done.message).toMatch(/Line 150\d: a quote \("\) is opened and never closed/);
    expect(await customers()).toHaveLength(done.createdRows);
    expect(done.doneRows).toBe(done.createdRows);
  });
});

describe('an import that was interrupted', () => {
  async function interrupted(): Promise<string> {
    const id = await upload(`registered,n\n${Array.from({ length: 2500 }, (_, i) => `r${i},${i}`).join('\n')}`);
    const mapping = await mappingOf(id);
    // As a process leaves it that dies after its first batch.
    await pool().query(
      "UPDATE import SET state = 'running', mapping = $2, total_rows = 2500, done_rows = 1000, created_rows = 1000 WHERE id = $1",
      [id, JSON.stringify(mapping)],
    );
    return id;
  }

  it('says so, and goes on behind the last stored batch', async () => {
    const id = await interrupted();
    expect((await listImports(ctx, {}))[0]).toMatchObject({ id, state: 'interrupted', doneRows: 1000 });
    await resumeImport(ctx, { id });
    expect(await ended(id)).toMatchObject({ state: 'done', doneRows: 2500, createdRows: 2500, updatedRows: 0 });
    expect(await customers()).toHaveLength(1500);
  });

  it('is not worked on twice', async () => {
    const id = await interrupted();
    const client = await pool().connect();
    await client.query(`SELECT pg_advisory_lock(${LOCK_CLASS}, (hashtext($1::text) & 2147483647))`, [id]);
    expect((await getImport(ctx, { id })).state).toBe('running');
    expect(await runImport(ctx.projectId, id)).toBe(false);
    await expect(resumeImport(ctx, { id })).rejects.toThrow(/not interrupted/);
    client.release(true);
  });

  it('can be cancelled', async () => {
    const id = await interrupted();
    await cancelImport(ctx, { id });
    expect(await getImport(ctx, { id })).toMatchObject({ state: 'cancelled' });
    expect(await partsOf(id)).toBe(0);
    await runImport(ctx.projectId, id);
    expect(await customers()).toHaveLength(0);
  });
});

describe('a batch that the database refuses', () => {
  it('is reported with its lines, none of it is stored, and the others are', async () => {
    const id = await upload(`registered,n\n${Array.from({ length: 2500 }, (_, i) => `r${i},${i}`).join('\n')}`);
    await pool().query(
      `CREATE OR REPLACE FUNCTION refuse_r1500() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.value = 'r1500' THEN RAISE EXCEPTION 'disk full'; END IF; RETURN NEW; END $$`,
    );
    await pool().query(
      'CREATE TRIGGER refuse BEFORE INSERT ON customer_identifier FOR EACH ROW EXECUTE FUNCTION refuse_r1500()',
    );
    await startImport(ctx, { id, mapping: await mappingOf(id) });
    const done = await ended(id);
    await pool().query('DROP TRIGGER refuse ON customer_identifier');
    expect(done).toMatchObject({ state: 'done', doneRows: 2500, createdRows: 1500, refusedRows: 1000 });
    expect(done.refusals).toMatchObject([
      { line: 1002, toLine: 2001, reason: expect.stringMatching(/lines 1002 to 2001 were not stored.*disk full/) },
    ]);
    expect(await customers()).toHaveLength(1500);
  });
});

describe('an upload', () => {
  it('is refused when it is empty or not UTF-8, and leaves nothing behind', async () => {
    await expect(upload('')).rejects.toThrow('The file is empty.');
    await expect(upload(Buffer.from('id,n\n1,a\n2,caf\xe9\n', 'latin1'))).rejects.toThrow(/not UTF-8: line 3/);
    expect(await listImports(ctx, {})).toEqual([]);
  });

  it('may not be larger than 50 MB', async () => {
    async function* large() {
      const piece = Buffer.alloc(1024 * 1024, 'a');
      for (let i = 0; i < 51; i++) yield piece;
    }
    await expect(uploadImport(ctx, { fileName: 'large.csv', bytes: large() })).rejects.toThrow(/larger than 50 MB/);
  });

  it('that arrives shorter than it was sent is refused and leaves nothing behind', async () => {
    await expect(uploadImport(ctx, { fileName: 'a.csv', bytes: pieces('id\n1\n'), size: 500 })).rejects.toThrow(
      /did not arrive completely/,
    );
    expect(await listImports(ctx, {})).toEqual([]);
  });

  it('must be mapped to an identifier, and no two columns to one property', async () => {
    const id = await upload('name,nick\nEva,E\n');
    const mapping = await mappingOf(id);
    await expect(startImport(ctx, { id, mapping })).rejects.toThrow(/at least one column that identifies/);
    mapping.columns = mapping.columns.map(() => ({ as: 'identifier', kind: 'registered' }));
    await expect(startImport(ctx, { id, mapping })).rejects.toThrow(
      'Columns 1 and 2 both go to the identifier registered.',
    );
  });

  it('is not seen by another project nor by a viewer who would start it', async () => {
    const id = await upload('registered\na\n');
    await expect(getImport(await projectWith(), { id })).rejects.toThrow(/does not exist/);
    await expect(startImport({ ...ctx, role: 'viewer' }, { id, mapping: await mappingOf(id) })).rejects.toThrow(
      /does not allow/,
    );
  });
});

describe('files as spreadsheets write them', () => {
  it('are read in UTF-16 with its mark, in semicolons and tabs, with carriage returns alone', async () => {
    const text = '\ufeffregistered\tname\n7\tŽofia 日本\n';
    const little = await importText(Buffer.from(text, 'utf16le') as unknown as string);
    expect(little).toMatchObject({ state: 'done', createdRows: 1 });
    const big = Buffer.from(text.replace('7', '8'), 'utf16le').swap16();
    expect(await importText(big as unknown as string)).toMatchObject({ createdRows: 1 });
    expect(await importText('registered;name\r9;Eva\r')).toMatchObject({ createdRows: 1 });
    expect(await customers()).toEqual([{ name: 'Žofia 日本' }, { name: 'Žofia 日本' }, { name: 'Eva' }]);
  });

  it('are refused when they are no text at all, whatever their name says', async () => {
    await expect(upload(Buffer.from('PK\x03\x04rest', 'latin1'))).rejects.toThrow(
      /an Excel workbook or a ZIP archive, not CSV/,
    );
    await expect(upload(Buffer.from([0x1f, 0x8b, 8, 0, 0]))).rejects.toThrow(/a gzip archive, not CSV/);
    await expect(uploadImport(ctx, { fileName: 'a.csv', bytes: pieces('PK\x03\x04rest', 1) })).rejects.toThrow(
      /archive/,
    );
  });

  it('may be tiny', async () => {
    const id = (await uploadImport(ctx, { fileName: 'a.csv', bytes: pieces('id', 1) })).id;
    expect((await previewImport(ctx, { id })).columns).toHaveLength(1);
  });

  it('have at most 500 columns', async () => {
    const id = await upload(Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(','));
    await expect(previewImport(ctx, { id })).rejects.toThrow(/more than 500 columns/);
  });

  it('refuse the rows that hold what cannot be stored, and keep the others', async () => {
    const done = await importText('registered,name\na,ok\nb,no\0t\nc,fine\n');
    expect(done).toMatchObject({ state: 'done', createdRows: 2, refusedRows: 1 });
    expect(done.refusals).toMatchObject([{ line: 3, reason: 'name: has characters that cannot be stored' }]);
  });

  it('that name a customer twice make one, and the last row wins', async () => {
    const done = await importText('registered,n\na,1\na,2\n');
    expect(done).toMatchObject({ createdRows: 1, updatedRows: 1, refusedRows: 0 });
    expect(await customers()).toEqual([{ n: 2 }]);
  });
});

describe('importing events', () => {
  const events = async () =>
    (await pool().query('SELECT type, at, properties FROM event WHERE project_id = $1 ORDER BY id', [ctx.projectId]))
      .rows;

  it('stores them with their customers and times, and refuses what is wrong', async () => {
    const id = await upload(
      'registered,event_type,timestamp,total\na,purchase,2026-01-31T08:00:00Z,5\na,purchase,soon,5\nb,visit,1769846400,\n',
    );
    expect((await previewImport(ctx, { id })).kind).toBe('events');
    await startImport(ctx, { id, mapping: await mappingOf(id, 'events') });
    const done = await ended(id);
    expect(done).toMatchObject({ kind: 'events', state: 'done', createdRows: 2, updatedRows: 0, refusedRows: 1 });
    expect(done.refusals).toMatchObject([
      { line: 3, reason: expect.stringMatching(/timestamp: “soon” is not a time/) },
    ]);
    const at = new Date('2026-01-31T08:00:00Z');
    expect(await events()).toEqual([
      { type: 'purchase', at, properties: { total: 5 } },
      { type: 'visit', at, properties: {} },
    ]);
    expect(await customers()).toEqual([{}, {}]);
  });

  it('takes a type for the whole file', async () => {
    const id = await upload('registered,page\na,/home\n');
    const mapping = { ...(await mappingOf(id, 'events')), eventType: 'visit' };
    await startImport(ctx, { id, mapping });
    expect(await ended(id)).toMatchObject({ state: 'done', createdRows: 1 });
    expect(await events()).toMatchObject([{ type: 'visit', properties: { page: '/home' } }]);
  });
});

describe('what is done to an import', () => {
  it('stands in the audit log: upload, start, cancel, without a value of the file', async () => {
    const id = await upload('registered,name\na,canary\n');
    await startImport(ctx, { id, mapping: await mappingOf(id) });
    await ended(id);
    const other = await upload('registered\na\n');
    await cancelImport(ctx, { id: other });
    const { rows } = await pool().query(
      'SELECT action, object_id, after FROM audit_entry WHERE project_id = $1 ORDER BY id',
      [ctx.projectId],
    );
    expect(rows.map(({ action, object_id }) => [action, object_id])).toEqual([
      ['import.upload', id],
      ['import.start', id],
      ['import.upload', other],
      ['import.cancel', other],
    ]);
    expect(JSON.stringify(rows)).not.toContain('canary');
  });

  it('is refused to a viewer and unseen by another project, verb by verb', async () => {
    const id = await upload('registered\na\n');
    const mapping = await mappingOf(id);
    const foreign = await projectWith('admin');
    const viewer: Ctx = { ...ctx, role: 'viewer' };
    for (const [verb, input, looks] of [
      [getImport, { id }, true],
      [importReport, { id }, true],
      [previewImport, { id }, false],
      [startImport, { id, mapping }, false],
      [resumeImport, { id }, false],
      [cancelImport, { id }, false],
    ] as unknown as [(ctx: Ctx, input: unknown) => Promise<unknown>, unknown, boolean][]) {
      await expect(verb(foreign, input)).rejects.toMatchObject({ code: 'not-found' });
      if (!looks) await expect(verb(viewer, input)).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await listImports(foreign, {})).toEqual([]);
    await expect(uploadImport(viewer, { fileName: 'a.csv', bytes: pieces('a') })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect((await getImport(ctx, { id })).state).toBe('uploaded');
  });
});

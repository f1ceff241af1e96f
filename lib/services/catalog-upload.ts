import { z } from 'zod';
import { inTransaction, prisma } from '../db/index.ts';
import { CatalogId, catalogOf, ItemKey } from './catalog.ts';
import { asRefusal, InputFault, readProperties, readValue } from './customer-input.ts';
import { readCsv } from './import-csv.ts';
import { guessDelimiter, guessType } from './import-mapping.ts';
import { act, ServiceError } from './verb.ts';

/** Items of a catalog from a file: CSV with a header, or a JSON list of objects. All of it is stored, or nothing. */

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_ITEMS = 100_000;
/** What the key's column may be called; otherwise it is the first. */
const KEY_NAMES = /^(key|id|item[_ -]?id|sku|code)$/i;

interface Item {
  key: string;
  properties: Record<string, unknown>;
}

/** Stores the items of a file over those of the same keys. For the upload route: a file is no JSON. */
export const uploadCatalog = act({
  needs: 'build',
  input: CatalogId.extend({
    fileName: z.string().max(255),
    bytes: z.custom<AsyncIterable<Uint8Array>>(
      (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
      'Files are sent to the upload address.',
    ),
  }),
  async run({ ctx, input, note }): Promise<{ items: number }> {
    const catalog = await catalogOf(prisma(), ctx, input.id);
    const text = await textOf(input.bytes);
    const items = /^\s*[[{]/.test(text) ? fromJson(text) : await fromCsv(text);
    if (items.length === 0) throw new ServiceError('invalid', 'The file has no items.');
    if (items.length > MAX_ITEMS)
      throw new ServiceError('invalid', `The file has more than ${MAX_ITEMS.toLocaleString('en')} items.`);
    const last = [...new Map(items.map((item) => [item.key, item])).values()];
    await inTransaction((sql) =>
      sql.query(
        `INSERT INTO catalog_item(catalog_id, key, properties)
         SELECT $1::uuid, * FROM unnest($2::text[], $3::jsonb[])
         ON CONFLICT (catalog_id, key) DO UPDATE SET properties = excluded.properties`,
        [catalog.id, last.map(({ key }) => key), last.map(({ properties }) => JSON.stringify(properties))],
      ),
    );
    await note({
      action: 'catalog.upload',
      objectType: 'catalog',
      objectId: catalog.id,
      objectName: catalog.name,
      after: { file: input.fileName, items: last.length },
    });
    return { items: last.length };
  },
});

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new ServiceError('invalid', 'The file is larger than 20 MB. Split it.');
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ServiceError('invalid', 'The file is not UTF-8. Save it as UTF-8 and upload it again.');
  }
}

/** @throws ServiceError that names the item */
function fromJson(text: string): Item[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new ServiceError('invalid', `The file is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list)) throw new ServiceError('invalid', 'The file must be a list of objects: [{ "id": … }, …]');
  const first = Object.keys((list[0] as object | null) ?? {});
  const keyName = first.find((name) => KEY_NAMES.test(name)) ?? first[0];
  if (keyName === undefined) throw new ServiceError('invalid', 'The first item has no properties.');
  return list.map((given: unknown, index) =>
    inPlace(`Item ${index + 1}`, () => {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new InputFault('is not an object');
      const { [keyName]: key, ...rest } = given as Record<string, unknown>;
      return { key: readKey(key, keyName), properties: readProperties(rest).set };
    }),
  );
}

/** @throws ServiceError that names the line */
async function fromCsv(text: string): Promise<Item[]> {
  async function* bytes() {
    yield Buffer.from(text);
  }
  const rows: { cells: string[]; line: number }[] = [];
  try {
    for await (const row of readCsv(bytes(), guessDelimiter(text.replace(/^\ufeff/, '')))) rows.push(row);
  } catch (error) {
    if (error instanceof InputFault) throw new ServiceError('invalid', error.message);
    throw error;
  }
  const header = rows.shift()?.cells.map((name) => name.trim()) ?? [];
  const twice = header.findIndex((name, index) => header.indexOf(name) !== index);
  if (twice !== -1)
    throw new ServiceError(
      'invalid',
      `Columns ${header.indexOf(header[twice]!) + 1} and ${twice + 1} are both called “${header[twice]}”.`,
    );
  const keyAt = Math.max(
    0,
    header.findIndex((name) => KEY_NAMES.test(name)),
  );
  const types = header.map((_, index) => guessType(rows.map(({ cells }) => cells[index] ?? '')));
  return rows.map(({ cells, line }) =>
    inPlace(`Line ${line}`, () => {
      if (cells.length !== header.length)
        throw new InputFault(`has ${cells.length} values where the header has ${header.length}`);
      const properties: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      header.forEach((name, index) => {
        const cell = cells[index]!;
        if (index === keyAt || name === '' || cell.trim() === '') return;
        properties[name] = readValue(valueOf(cell, types[index]!), name);
      });
      return { key: readKey(cells[keyAt], header[keyAt]!), properties };
    }),
  );
}

function valueOf(cell: string, type: ReturnType<typeof guessType>): unknown {
  if (type === 'number') return Number(cell);
  return type === 'boolean' ? cell.trim().toLowerCase() === 'true' : cell;
}

function readKey(value: unknown, name: string): string {
  const key = ItemKey.safeParse(typeof value === 'number' ? String(value) : value);
  if (!key.success) throw new InputFault(`${name}: is no key of 1 to 256 characters`);
  return key.data;
}

function inPlace<T>(place: string, work: () => T): T {
  return asRefusal(() => {
    try {
      return work();
    } catch (error) {
      if (error instanceof InputFault) throw new InputFault(`${place}: ${error.message}. Nothing was stored.`);
      throw error;
    }
  });
}

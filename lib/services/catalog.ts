import { z } from 'zod';
import type { Prisma } from '../db/index.ts';
import { asRefusal, readProperties } from './customer-input.ts';
import { type Ctx, notFound, read, ServiceError, write } from './verb.ts';

/** Catalogs: items with a key and properties, e.g. products, looked up by key. */

export const CatalogId = z.strictObject({ id: z.uuid() });
const Name = z
  .string()
  .trim()
  .min(1, 'Give the catalog a name, e.g. products.')
  .max(120)
  .refine((name) => !name.includes('\0') && name.isWellFormed(), 'has characters that cannot be stored');
export const ItemKey = z
  .string()
  .trim()
  .min(1, 'Give the item a key.')
  .max(256)
  .refine((key) => !key.includes('\0') && key.isWellFormed(), 'has characters that cannot be stored');

/** The project's catalogs with how many items each has. */
export const listCatalogs = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const catalogs = await db.catalog.findMany({
      where: { projectId: ctx.projectId },
      orderBy: { name: 'asc' },
      include: { _count: { select: { items: true } } },
    });
    return catalogs.map(({ id, name, createdAt, _count }) => ({
      id,
      name,
      items: _count.items,
      createdAt: createdAt.toISOString(),
    }));
  },
});

/** One catalog and the properties that its items have (of the first thousand): what it is called, then the most frequent. */
export const getCatalog = read({
  needs: 'look',
  scope: 'customers:read',
  input: CatalogId,
  async run({ ctx, input, db }) {
    const catalog = await catalogOf(db, ctx, input.id);
    const [items, properties] = await Promise.all([
      db.catalogItem.count({ where: { catalogId: catalog.id } }),
      db.$queryRaw<{ name: string; type: string }[]>`
        SELECT p.key AS name, mode() WITHIN GROUP (ORDER BY jsonb_typeof(p.value)) AS type
          FROM (SELECT properties FROM catalog_item WHERE catalog_id = ${catalog.id}::uuid ORDER BY key LIMIT 1000) AS i,
               jsonb_each(i.properties) AS p
         GROUP BY p.key ORDER BY p.key IN ('title', 'name') DESC, count(*) DESC, p.key LIMIT 200`,
    ]);
    return { id: catalog.id, name: catalog.name, createdAt: catalog.createdAt.toISOString(), items, properties };
  },
});

/** Items by key, found by any part of key or values; `next` is the `after` of the next page. */
export const listCatalogItems = read({
  needs: 'look',
  scope: 'customers:read',
  input: CatalogId.extend({
    query: z.string().max(256).default(''),
    after: z.string().max(256).nullable().default(null),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  async run({ ctx, input: { id, query, after, limit }, db }) {
    const catalog = await catalogOf(db, ctx, id);
    const like = `%${query.trim().replace(/[\\%_]/g, '\\$&')}%`;
    const found = await db.$queryRaw<{ key: string; properties: Record<string, unknown> }[]>`
      SELECT key, properties FROM catalog_item
       WHERE catalog_id = ${catalog.id}::uuid AND (${after}::text IS NULL OR key > ${after})
         AND (${like} = '%%' OR key ILIKE ${like}
              OR EXISTS (SELECT FROM jsonb_each_text(properties) AS p WHERE p.value ILIKE ${like}))
       ORDER BY key LIMIT ${limit + 1}`;
    const items = found.slice(0, limit);
    return { items, next: found.length > limit ? items.at(-1)!.key : null };
  },
});

/** Makes an empty catalog. */
export const createCatalog = write({
  needs: 'build',
  input: z.strictObject({ name: Name }),
  async run({ ctx, input, tx, note }) {
    const taken = await tx.catalog.findFirst({ where: { projectId: ctx.projectId, name: input.name } });
    if (taken) throw nameTaken();
    const { id } = await tx.catalog.create({ data: { projectId: ctx.projectId, name: input.name } });
    await note({ action: 'catalog.create', objectType: 'catalog', objectId: id, objectName: input.name });
    return { id };
  },
});

export const renameCatalog = write({
  needs: 'build',
  input: CatalogId.extend({ name: Name }),
  async run({ ctx, input, tx, note }) {
    const catalog = await catalogOf(tx, ctx, input.id);
    const taken = await tx.catalog.findFirst({
      where: { projectId: ctx.projectId, name: input.name, id: { not: catalog.id } },
    });
    if (taken) throw nameTaken();
    await tx.catalog.update({ where: { id: catalog.id }, data: { name: input.name } });
    await note({
      action: 'catalog.rename',
      objectType: 'catalog',
      objectId: catalog.id,
      objectName: input.name,
      before: { name: catalog.name },
      after: { name: input.name },
    });
    return {};
  },
});

/** Deletes a catalog with all its items. */
export const deleteCatalog = write({
  needs: 'build',
  input: CatalogId,
  async run({ ctx, input, tx, note }) {
    const catalog = await catalogOf(tx, ctx, input.id);
    const items = await tx.catalogItem.count({ where: { catalogId: catalog.id } });
    await tx.catalog.delete({ where: { id: catalog.id } });
    await note({
      action: 'catalog.delete',
      objectType: 'catalog',
      objectId: catalog.id,
      objectName: catalog.name,
      before: { items },
    });
    return {};
  },
});

/** Writes one item: all its properties are those given. */
export const putCatalogItem = write({
  needs: 'build',
  input: CatalogId.extend({ key: ItemKey, properties: z.record(z.string(), z.unknown()) }),
  async run({ ctx, input, tx, note }) {
    const catalog = await catalogOf(tx, ctx, input.id);
    const { set } = asRefusal(() => readProperties(input.properties));
    const properties = set as Prisma.InputJsonObject;
    await tx.catalogItem.upsert({
      where: { catalogId_key: { catalogId: catalog.id, key: input.key } },
      update: { properties },
      create: { catalogId: catalog.id, key: input.key, properties },
    });
    await note({
      action: 'catalog.put-item',
      objectType: 'catalog',
      objectId: catalog.id,
      objectName: catalog.name,
      after: { key: input.key },
    });
    return {};
  },
});

export const removeCatalogItem = write({
  needs: 'build',
  input: CatalogId.extend({ key: z.string().max(256) }),
  async run({ ctx, input, tx, note }) {
    const catalog = await catalogOf(tx, ctx, input.id);
    const { count } = await tx.catalogItem.deleteMany({ where: { catalogId: catalog.id, key: input.key } });
    if (count === 0) throw notFound('The item');
    await note({
      action: 'catalog.remove-item',
      objectType: 'catalog',
      objectId: catalog.id,
      objectName: catalog.name,
      before: { key: input.key },
    });
    return {};
  },
});

type Reader = Pick<Parameters<Parameters<typeof read>[0]['run']>[0]['db'], 'catalog'>;

/** @throws ServiceError when the project has no such catalog */
export async function catalogOf(db: Reader, ctx: Ctx, id: string) {
  const catalog = await db.catalog.findFirst({ where: { id, projectId: ctx.projectId } });
  if (!catalog) throw notFound('The catalog');
  return catalog;
}

const nameTaken = () =>
  new ServiceError('conflict', 'The project has a catalog of this name.', {
    fields: [{ path: 'name', message: 'The project has a catalog of this name.' }],
  });

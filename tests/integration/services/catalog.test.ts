import { beforeEach, describe, expect, it } from 'vitest';
import { uploadCatalog } from '../../../lib/services/catalog-upload.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let project: TestProject;
let marketer: Ctx;
let viewer: Ctx;
let id: string;
beforeEach(async () => {
  project = await newProject();
  marketer = await project.as('marketer');
  viewer = await project.as('viewer');
  id = (await verbs['catalog.create'](marketer, { name: 'products' })).id;
});

async function* bytes(text: string | Buffer) {
  yield Buffer.from(text as string);
}
const upload = (text: string | Buffer, ctx = marketer) =>
  uploadCatalog(ctx, { id, fileName: 'products.csv', bytes: bytes(text) });
const items = async (query = '') => (await verbs['catalog.items'](viewer, { id, query })).items;

describe('a catalog', () => {
  it('is made, listed with its number of items, renamed and deleted, each audited', async () => {
    expect(await lastAudit(project.id)).toMatchObject({ action: 'catalog.create', objectName: 'products' });
    await upload('sku,title\n1,Shoe\n2,Hat\n');
    expect(await verbs['catalog.list'](viewer, {})).toMatchObject([{ id, name: 'products', items: 2 }]);
    await verbs['catalog.rename'](marketer, { id, name: 'goods' });
    expect(await lastAudit(project.id)).toMatchObject({ before: { name: 'products' }, after: { name: 'goods' } });
    await verbs['catalog.delete'](marketer, { id });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'catalog.delete', before: { items: 2 } });
    expect(await verbs['catalog.list'](viewer, {})).toEqual([]);
  });

  it('has a name that no other of the project has', async () => {
    await expect(verbs['catalog.create'](marketer, { name: ' products ' })).rejects.toMatchObject({
      code: 'conflict',
      fields: [{ path: 'name' }],
    });
    const other = await verbs['catalog.create'](marketer, { name: 'stores' });
    await expect(verbs['catalog.rename'](marketer, { id: other.id, name: 'products' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const foreign = await (await newProject()).as('marketer');
    await expect(verbs['catalog.create'](foreign, { name: 'products' })).resolves.toBeDefined();
  });

  it('tells which properties its items have', async () => {
    await upload('[{"id": 1, "title": "Shoe", "price": 9.5}, {"id": 2, "title": "Hat"}]');
    expect((await verbs['catalog.get'](viewer, { id })).properties).toEqual([
      { name: 'title', type: 'string' },
      { name: 'price', type: 'number' },
    ]);
  });

  it('pages through its items by key and finds by key and value', async () => {
    await upload(`id,title\n${Array.from({ length: 5 }, (_, i) => `k${i},Title ${i}`).join('\n')}\n`);
    const first = await verbs['catalog.items'](viewer, { id, limit: 2 });
    expect(first).toMatchObject({ items: [{ key: 'k0' }, { key: 'k1' }], next: 'k1' });
    const last = await verbs['catalog.items'](viewer, { id, limit: 3, after: first.next });
    expect(last).toMatchObject({ items: [{ key: 'k2' }, { key: 'k3' }, { key: 'k4' }], next: null });
    expect((await items('title 3')).map(({ key }) => key)).toEqual(['k3']);
    expect((await items('K4')).map(({ key }) => key)).toEqual(['k4']);
    expect(await items('title_')).toEqual([]);
  });
});

describe('an item', () => {
  it('is written whole and removed, each audited', async () => {
    await verbs['catalog.put-item'](marketer, { id, key: 'a', properties: { x: 1, y: [2] } });
    await verbs['catalog.put-item'](marketer, { id, key: 'a', properties: { z: 'three' } });
    expect(await items()).toEqual([{ key: 'a', properties: { z: 'three' } }]);
    expect(await lastAudit(project.id)).toMatchObject({ action: 'catalog.put-item', after: { key: 'a' } });
    await verbs['catalog.remove-item'](marketer, { id, key: 'a' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'catalog.remove-item', before: { key: 'a' } });
    await expect(verbs['catalog.remove-item'](marketer, { id, key: 'a' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('holds nothing that could not be stored', async () => {
    await expect(verbs['catalog.put-item'](marketer, { id, key: 'a\0', properties: {} })).rejects.toThrow(/stored/);
    await expect(verbs['catalog.put-item'](marketer, { id, key: 'a', properties: { x: '\0' } })).rejects.toThrow(
      'properties.x: has characters that cannot be stored',
    );
  });
});

describe('a file of items', () => {
  it('is CSV, whose key is in a column of such a name or in the first, and whose values have types', async () => {
    expect(await upload('title;price;on_sale;sku\n"Shoe; red";9.5;true;007\nHat;;false;008\n')).toEqual({ items: 2 });
    expect(await items()).toEqual([
      { key: '007', properties: { title: 'Shoe; red', price: 9.5, on_sale: true } },
      { key: '008', properties: { title: 'Hat', on_sale: false } },
    ]);
  });

  it('is JSON, and replaces items of the same key; the last of two wins', async () => {
    await upload('[{"id": "a", "old": 1}]');
    expect(await upload('[{"id": "a", "n": 1}, {"id": "a", "n": 2}, {"id": 7, "tags": ["x"]}]')).toEqual({ items: 2 });
    expect(await items()).toEqual([
      { key: '7', properties: { tags: ['x'] } },
      { key: 'a', properties: { n: 2 } },
    ]);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'catalog.upload',
      after: { file: 'products.csv', items: 2 },
    });
  });

  it.each([
    ['id,a\n1,x\n2\n', 'Line 3: has 1 values where the header has 2. Nothing was stored.'],
    ['id,a\n1,x\n,y\n', 'Line 3: id: is no key of 1 to 256 characters. Nothing was stored.'],
    ['id,a,a\n1,x,y\n', 'Columns 2 and 3 are both called “a”.'],
    ['id,a\n1,"x\n', /a quote \("\) is opened and never closed/],
    ['[{"id": "a"}, 7]', 'Item 2: is not an object. Nothing was stored.'],
    ['[{"id": "a"}, {"id": {"x": 1}}]', 'Item 2: id: is no key of 1 to 256 characters. Nothing was stored.'],
    ['{"id": "a"}', 'The file must be a list of objects'],
    ['[{"id": ', 'The file is not JSON'],
    ['[]', 'The first item has no properties.'],
    ['id,a\n', 'The file has no items.'],
    ['', 'The file has no items.'],
  ])('is refused as a whole: %j', async (text, message) => {
    await verbs['catalog.put-item'](marketer, { id, key: 'kept', properties: {} });
    await expect(upload(text)).rejects.toThrow(message);
    expect((await items()).map(({ key }) => key)).toEqual(['kept']);
  });

  it('is refused when it is not UTF-8 or larger than 20 MB', async () => {
    await expect(upload(Buffer.from('id,n\n1,caf\xe9\n', 'latin1'))).rejects.toThrow(/not UTF-8/);
    await expect(upload(Buffer.alloc(21 * 1024 * 1024, 'a'))).rejects.toThrow(/larger than 20 MB/);
  });
});

describe('another project, and a viewer', () => {
  it('neither see nor change what is not theirs', async () => {
    await upload('id,a\n1,x\n');
    const foreign = await (await newProject()).as('admin');
    for (const verb of ['catalog.get', 'catalog.items', 'catalog.delete'] as const)
      await expect(verbs[verb](foreign, { id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['catalog.rename'](foreign, { id, name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['catalog.put-item'](foreign, { id, key: 'a', properties: {} })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(verbs['catalog.remove-item'](foreign, { id, key: '1' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(upload('id\n1\n', foreign)).rejects.toMatchObject({ code: 'not-found' });
    expect(await verbs['catalog.list'](foreign, {})).toEqual([]);
    const no = { code: 'forbidden' };
    await expect(verbs['catalog.create'](viewer, { name: 'x' })).rejects.toMatchObject(no);
    await expect(verbs['catalog.delete'](viewer, { id })).rejects.toMatchObject(no);
    await expect(verbs['catalog.rename'](viewer, { id, name: 'x' })).rejects.toMatchObject(no);
    await expect(verbs['catalog.put-item'](viewer, { id, key: 'a', properties: {} })).rejects.toMatchObject(no);
    await expect(verbs['catalog.remove-item'](viewer, { id, key: '1' })).rejects.toMatchObject(no);
    await expect(upload('id\n1\n', viewer)).rejects.toMatchObject(no);
    expect(await items()).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { ENTRIES, entryOf, TAGS } from '@/components/integrations/catalogue-entries';
import { GALLERY } from '@/lib/core/gallery';
import { INTEGRATION_KINDS } from '@/lib/core/integration';

describe('the catalogue of integrations', () => {
  it('leads from every built-in template to a preset made of it, found by the tags of the template', () => {
    for (const { id, name, tags } of GALLERY)
      expect(ENTRIES.find(({ path }) => path === `presets/new?template=${id}`)).toMatchObject({
        title: name,
        tags: ['Webhooks', ...tags],
      });
  });

  it('offers every kind of authentication once', () => {
    const kinds = ENTRIES.filter(({ tags }) => tags.includes('Authentication')).map(({ path }) => path);
    expect(kinds.toSorted()).toEqual(INTEGRATION_KINDS.map((kind) => `new?kind=${kind}`).toSorted());
    for (const kind of INTEGRATION_KINDS) expect(ENTRIES).toContain(entryOf(kind));
  });

  it('has no two cards of one name, and nothing without a tag to find it by', () => {
    expect(new Set(ENTRIES.map(({ title }) => title)).size).toBe(ENTRIES.length);
    for (const { tags, title } of ENTRIES) expect(TAGS, title).toEqual(expect.arrayContaining([...tags]));
    for (const tag of TAGS)
      expect(
        ENTRIES.some(({ tags }) => tags.includes(tag)),
        tag,
      ).toBe(true);
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileTemplate, render } from '@/lib/template';
import { FILTERS } from '@/lib/template/filters';
import { GLOBALS } from '@/lib/template/globals';
import { METHODS } from '@/lib/template/methods';
import { CONTEXT_NAMES, ENTRIES, EXAMPLE_CONTEXT, entryOf, parametersOf } from '@/lib/template/reference';
import { referenceText } from '@/lib/template/reference-text';
import { TESTS } from '@/lib/template/tests';

const names = (kind: string) => ENTRIES.filter((entry) => entry.kind === kind).map(({ name }) => name);

describe('the reference', () => {
  it.each(ENTRIES.map((entry) => [`${entry.kind} ${entry.name}`, entry] as const))(
    '%s: its example is true',
    (_name, entry) => {
      const template = compileTemplate(entry.example.template, { name: entry.name, escape: 'raw' });
      expect(render(template, structuredClone(EXAMPLE_CONTEXT) as Record<string, unknown>)).toBe(entry.example.output);
    },
  );

  it('has every filter, test, function and method, and nothing else', () => {
    expect(names('filter').sort()).toEqual([...FILTERS.keys()].sort());
    expect(names('test').sort()).toEqual([...TESTS.keys()].sort());
    expect(names('global').sort()).toEqual([...GLOBALS.keys()].sort());
    const methods = Object.entries(METHODS).flatMap(([type, table]) =>
      type === 'tuple' ? [] : [...table.keys()].map((name) => `${type}.${name}`),
    );
    expect(names('method').sort()).toEqual(methods.sort());
  });

  it('has every tag', () => {
    for (const tag of [
      'if',
      'for',
      'set',
      'with',
      'macro',
      'call',
      'filter',
      'raw',
      'block',
      'print',
      'autoescape',
      'output',
    ])
      expect(entryOf('tag', tag), tag).toBeDefined();
  });

  it('marks what Jinja2 does not have', () => {
    expect(ENTRIES.filter(({ ours }) => ours).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['output', 'from_json', 'to_json', 'hmac_sha256']),
    );
    expect(entryOf('filter', 'tojson')!.ours).toBe(false);
  });

  it('shows signatures as they are bound', () => {
    expect(entryOf('filter', 'round')!.signature).toBe("round(precision=0, method='common')");
    expect(entryOf('method', 'str.upper')!.signature).toBe('upper()');
    expect(parametersOf('filter', 'truncate')).toEqual(['length=255', 'killwords=False', "end='...'", 'leeway=None']);
    expect(parametersOf('filter', 'upper')).toEqual([]);
  });

  it('explains the names of the context', () => {
    expect(CONTEXT_NAMES.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'customer',
        'event',
        'webhook',
        'customers',
        'params',
        'project',
        'scenario',
        'action',
        'time',
      ]),
    );
  });

  it('every sentence ends', () => {
    for (const { name, doc } of ENTRIES) expect(doc, name).toMatch(/\.$/);
  });
});

describe('docs/templates.md', () => {
  const file = path.join(import.meta.dirname, '../../../docs/templates.md');

  it('is what the tables say: run node tools/template-docs.ts after a change', () => {
    expect(fs.readFileSync(file, 'utf8')).toBe(referenceText());
  });

  it('names every entry', () => {
    const text = fs.readFileSync(file, 'utf8');
    for (const { name } of ENTRIES) expect(text).toContain(`### ${name}`);
  });
});

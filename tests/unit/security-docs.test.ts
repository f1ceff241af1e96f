import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const text = fs.readFileSync(path.join(ROOT, 'docs/security.md'), 'utf8');
const rows = [...text.matchAll(/^\| (.+?) \| ((?:`[^`]+\.ts`(?:, )?)+) \|$/gm)].map((match) => ({
  promise: match[1]!,
  tests: [...match[2]!.matchAll(/`([^`]+)`/g)].map((name) => name[1]!),
}));

describe('each promise of the security page', () => {
  it('stands in a table with the tests that prove it', () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  it.each(rows.map(({ promise, tests }) => [promise.slice(0, 80), tests]))('%s', (_, tests) => {
    for (const file of tests) expect(fs.existsSync(path.join(ROOT, 'tests', file)), file).toBe(true);
  });
});

it('its links lead somewhere', () => {
  for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
    expect(fs.existsSync(path.join(ROOT, 'docs', target!)), target).toBe(true);
});

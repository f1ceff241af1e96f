import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { actionWords, areaWords } from '../../../components/settings/audit-words.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const sources = execFileSync('git', ['ls-files', 'lib/services', 'lib/engine', 'lib/next'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts') && fs.existsSync(path.join(ROOT, file)));
const actions = new Set(
  sources.flatMap((file) =>
    [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(/\baction: '([a-z-]+\.[a-z-]+)'/g)].map(
      ([, action]) => action!,
    ),
  ),
);

describe('the words of the audit log', () => {
  it('are there for every action that is recorded', () => {
    expect(actions.size).toBeGreaterThan(50);
    for (const action of actions) expect(actionWords(action), action).not.toContain('.');
  });

  it('are a phrase, made of thing and deed or said as a whole', () => {
    expect(actionWords('integration.update')).toBe('Integration changed');
    expect(actionWords('user.second-factor-on')).toBe('Second factor switched on');
    expect(actionWords('something.unheard-of')).toBe('something.unheard-of');
    expect(areaWords('api-key')).toBe('API key');
  });
});

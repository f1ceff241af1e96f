import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS, mutantOf, mutated } from '../../../tools/chaos/mutants.ts';

const ENGINE = path.join(import.meta.dirname, '../../../lib/engine');

describe('a mutant of the engine', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s changes one text that stands there once',
    (_, mutant) => {
      const source = fs.readFileSync(path.join(ENGINE, mutant.file), 'utf8');
      expect(mutated(mutant, source)).not.toBe(source);
    },
  );

  it('says so when the engine has changed under it', () => {
    const mutant = mutantOf('beyond-the-grant');
    expect(() => mutated(mutant, 'something else')).toThrow('its text stands 0 times in lib/engine/lanes.ts');
    expect(() => mutated(mutant, mutant.from + mutant.from)).toThrow('2 times');
  });

  it('that does not exist is answered with those that do', () => {
    expect(() => mutantOf('harmless')).toThrow(/There is no mutant harmless; there are last-one-left-out, /);
  });

  it('is there for each of the eighteen invariants, and nothing in lib/ knows of them', () => {
    expect(new Set(MUTANTS.map(({ invariant }) => invariant)).size).toBe(18);
    const text = fs
      .readdirSync(ENGINE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => fs.readFileSync(path.join(ENGINE, file), 'utf8'))
      .join('');
    expect(text).not.toMatch(/mutant/i);
  });
});

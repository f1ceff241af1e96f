import { TemplateError } from './errors.ts';
import type { Env, Filter } from './filter.ts';
import { LIST_FILTERS } from './filters-list.ts';
import { NUMBER_FILTERS } from './filters-number.ts';
import { OUR_FILTERS } from './filters-ours.ts';
import { SELECT_FILTERS } from './filters-select.ts';
import { TEXT_FILTERS } from './filters-text.ts';
import { TESTS } from './tests.ts';

/** Every filter by name; `reference.ts` documents them. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map(
  [...TEXT_FILTERS, ...LIST_FILTERS, ...SELECT_FILTERS, ...NUMBER_FILTERS, ...OUR_FILTERS].map((one) => [
    one.name,
    one,
  ]),
);

/** Finds filters and tests by names that are known only while rendering: `map('upper')`, `select('odd')`. */
export const ENV: Env = {
  filter(name) {
    const found = FILTERS.get(name);
    if (!found) throw new TemplateError('TemplateRuntimeError', `No filter named '${name}'.`);
    return found;
  },
  test(name) {
    const found = TESTS.get(name);
    if (!found) throw new TemplateError('TemplateRuntimeError', `No test named '${name}'.`);
    return found;
  },
  hasFilter: (name) => FILTERS.has(name),
  hasTest: (name) => TESTS.has(name),
};

import { charge } from './budget.ts';
import { applyFilter, applyTest, argumentError, type Env, type Filter, filter, getter, text } from './filter.ts';
import { iteratorOf } from './sequences.ts';
import { Gen, isTruthy, type Named } from './values.ts';

/** Filters that go through a sequence as it is asked for: map, select and their like. */

/** A generator that is read item by item, each of which costs a step. */
export function lazily(
  value: unknown,
  step: (item: unknown, emit: (item: unknown) => void) => void,
  skipsFalse = true,
): Gen {
  let source: Iterator<unknown> | null = null;
  const open = () => (skipsFalse && !isTruthy(value) ? [][Symbol.iterator]() : iteratorOf(value));
  let ready: unknown[] = [];
  let at = 0;
  return new Gen({
    next() {
      while (at >= ready.length) {
        source ??= open();
        const next = source.next();
        if (next.done) return { done: true, value: undefined };
        charge(1);
        ready = [];
        at = 0;
        step(next.value, (item) => ready.push(item));
      }
      return { done: false, value: ready[at++] };
    },
  });
}

function mapper(rest: unknown[], named: Named | null, env: Env): (item: unknown) => unknown {
  if (rest.length === 0 && named && Object.hasOwn(named, 'attribute')) {
    const unexpected = Object.keys(named).find((name) => name !== 'attribute' && name !== 'default');
    if (unexpected) throw argumentError(`Unexpected keyword argument '${unexpected}'`);
    return getter(named.attribute, named.default ?? null);
  }
  if (rest.length === 0) throw argumentError('map requires a filter argument');
  const of = env.filter(text(rest[0]));
  const args = rest.slice(1);
  return (item) => applyFilter(of, item, args, named ?? {}, env);
}

/** Items that fulfil a condition; as in Python nothing is looked at before the first item is asked for. */
function selecting(keep: boolean, byAttribute: boolean): Filter['run'] {
  return (value, _args, env, rest, named) => {
    let holds: ((item: unknown) => boolean) | null = null;
    return lazily(value, (item, emit) => {
      holds ??= condition(byAttribute, env, rest, named);
      if (holds(item) === keep) emit(item);
    });
  };
}

function condition(byAttribute: boolean, env: Env, rest: unknown[], named: Named | null): (item: unknown) => boolean {
  if (byAttribute && rest.length === 0) throw argumentError('Missing parameter for attribute name');
  const get = byAttribute ? getter(rest[0]) : (item: unknown) => item;
  const [name, ...args] = byAttribute ? rest.slice(1) : rest;
  if (name === undefined) return (item) => isTruthy(get(item));
  const of = env.test(text(name));
  return (item) => applyTest(of, get(item), args, named ?? {}, env);
}

export const SELECT_FILTERS: Filter[] = [
  filter(
    'map',
    '*args, **kwargs',
    (value, _args, env, rest, named) => {
      let map: ((item: unknown) => unknown) | null = null;
      return lazily(value, (item, emit) => {
        map ??= mapper(rest, named, env);
        emit(map(item));
      });
    },
    'sync_do_map',
    2,
  ),
  filter('reject', '*args, **kwargs', selecting(false, false), 'sync_do_reject', 2),
  filter('rejectattr', '*args, **kwargs', selecting(false, true), 'sync_do_rejectattr', 2),
  filter('select', '*args, **kwargs', selecting(true, false), 'sync_do_select', 2),
  filter('selectattr', '*args, **kwargs', selecting(true, true), 'sync_do_selectattr', 2),
];

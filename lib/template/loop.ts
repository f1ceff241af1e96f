import { charge } from './budget.ts';
import { equals } from './compare.ts';
import { typeError } from './errors.ts';
import { Func, Host, Tuple, Undefined } from './values.ts';

/** The items of a loop, read no further than is asked for: a condition may depend on what the body did before. */
export class Items {
  private readonly source: readonly unknown[];
  private readonly holds: ((item: unknown) => boolean) | null;
  private readonly kept: unknown[] = [];
  private next = 0;

  constructor(source: readonly unknown[], holds: ((item: unknown) => boolean) | null) {
    this.source = source;
    this.holds = holds;
  }

  /** Whether there is an item of this number. A list that grows under the loop is followed, as in Python. */
  has(index: number): boolean {
    if (!this.holds) return index < this.source.length;
    while (this.kept.length <= index && this.next < this.source.length) {
      charge(1);
      const item = this.source[this.next++];
      if (this.holds(item)) this.kept.push(item);
    }
    return index < this.kept.length;
  }

  at(index: number): unknown {
    return this.holds ? this.kept[index] : this.source[index];
  }

  get length(): number {
    if (!this.holds) return this.source.length;
    this.has(Number.POSITIVE_INFINITY);
    return this.kept.length;
  }
}

/** The `loop` of a for statement. */
export class Loop extends Host {
  index0 = 0;
  private readonly items: Items;
  private readonly depth0: number;
  private seen: unknown = NEVER;

  constructor(items: Items, depth0: number, recurse: ((items: unknown) => unknown) | null) {
    super(
      'LoopContext',
      (key) => (typeof key === 'string' ? this.own(key) : undefined),
      (args) => {
        if (!recurse) throw typeError("The loop must have the 'recursive' marker to be called recursively.");
        return recurse(args[0]);
      },
    );
    this.items = items;
    this.depth0 = depth0;
  }

  /** `loop.name`; undefined in Jinja's sense when there is none. */
  attribute(name: string): unknown {
    const found = this.own(name);
    return found === undefined
      ? new Undefined(`'jinja2.runtime.LoopContext object' has no attribute '${name}'`)
      : found;
  }

  private own(name: string): unknown {
    const { index0, items } = this;
    switch (name) {
      case 'index':
        return index0 + 1;
      case 'index0':
        return index0;
      case 'first':
        return index0 === 0;
      case 'last':
        return !items.has(index0 + 1);
      case 'length':
        return items.length;
      case 'revindex':
        return items.length - index0;
      case 'revindex0':
        return items.length - index0 - 1;
      case 'depth':
        return this.depth0 + 1;
      case 'depth0':
        return this.depth0;
      case 'previtem':
        return index0 > 0 ? items.at(index0 - 1) : new Undefined('there is no previous item');
      case 'nextitem':
        return items.has(index0 + 1) ? items.at(index0 + 1) : new Undefined('there is no next item');
      case 'cycle':
        return new Func('cycle', (values) => {
          if (values.length === 0) throw typeError('no items for cycling given');
          return values[index0 % values.length];
        });
      case 'changed':
        return new Func('changed', (values) => this.changed(values));
      default:
        return undefined;
    }
  }

  private changed(values: unknown[]): boolean {
    charge(values.length);
    const now = Tuple.from_(values);
    if (this.seen !== NEVER && equals(this.seen, now)) return false;
    this.seen = now;
    return true;
  }
}

const NEVER = Symbol('never');

import { charge, chargeText, RANGE_LIMIT } from './budget.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { pairOf } from './methods-tables.ts';
import { str } from './print.ts';
import { iterate } from './sequences.ts';
import { type Signature, signature } from './signature.ts';
import { wholeOf, widthOf } from './text.ts';
import {
  Dict,
  entriesOf,
  Func,
  Host,
  isMapping,
  isTruthy,
  type Named,
  Namespace,
  Range,
  Safe,
  Undefined,
} from './values.ts';

/** A function that every template has. */
export interface Global {
  readonly signature: Signature;
  readonly func: Func;
}

function range(args: unknown[]): Range {
  if (args.length === 0) throw typeError('range expected at least 1 argument, got 0');
  if (args.length > 3) throw typeError(`range expected at most 3 arguments, got ${args.length}`);
  for (const arg of args)
    if (arg instanceof Undefined) throw typeError("'Undefined' object cannot be interpreted as an integer");
  const [a = 0, b, c = 1] = args.map(wholeOf);
  const [from, to] = b === undefined ? [0, a] : [a, b];
  if (c === 0) throw valueError('range() arg 3 must not be zero');
  const made = new Range(from, to, c);
  if (made.length > RANGE_LIMIT)
    throw new TemplateError(
      'OverflowError',
      `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${RANGE_LIMIT}).`,
    );
  return made;
}

/** The pairs of `dict(…)` and `namespace(…)`. */
function pairs(args: unknown[], named: Named, label: string): [unknown, unknown][] {
  if (args.length > 1) throw typeError(`${label} expected at most 1 argument, got ${args.length}`);
  const [from] = args;
  const first: (readonly unknown[])[] =
    from === undefined ? [] : isMapping(from) ? entriesOf(from) : iterate(from).map(pairOf);
  const out: [unknown, unknown][] = first.map(([key, value]) => [key, value]);
  for (const name in named) out.push([name, named[name]]);
  charge(out.length);
  return out;
}

function joiner(args: unknown[], named: Named): Host {
  const separator = args[0] ?? named.sep ?? ', ';
  let used = false;
  return new Host(
    'Joiner',
    () => undefined,
    () => {
      if (!used) {
        used = true;
        return new Safe('');
      }
      // A separator is the author's own text, not a value.
      return new Safe(str(separator));
    },
  );
}

function cycler(items: unknown[]): Host {
  if (items.length === 0) throw new TemplateError('RuntimeError', 'at least one item has to be provided');
  let at = 0;
  const next = new Func('next', () => {
    const item = items[at];
    at = (at + 1) % items.length;
    return item;
  });
  const reset = new Func('reset', () => {
    at = 0;
    return null;
  });
  return new Host('Cycler', (key) =>
    key === 'next' ? next : key === 'reset' ? reset : key === 'current' ? items[at] : undefined,
  );
}

const WORDS =
  'lorem ipsum dolor sit amet consectetuer adipiscing elit aenean commodo ligula eget massa cum sociis natoque penatibus et magnis dis parturient montes nascetur ridiculus mus donec quam felis ultricies nec pellentesque eu pretium quis sem nulla consequat'.split(
    ' ',
  );

function lipsum(args: unknown[], named: Named): unknown {
  const option = (at: number, name: string, fallback: unknown) => args[at] ?? named[name] ?? fallback;
  const count = widthOf(option(0, 'n', 5), 1000);
  const html = isTruthy(option(1, 'html', true));
  const least = wholeOf(option(2, 'min', 20));
  const most = widthOf(option(3, 'max', 100), 1000);
  const paragraphs: string[] = [];
  for (let i = 0; i < count; i++) {
    const size = least + Math.floor(Math.random() * Math.max(1, most - least));
    chargeText(size * 12);
    const words = Array.from({ length: size }, () => WORDS[Math.floor(Math.random() * WORDS.length)]!);
    const sentence = words.join(' ');
    paragraphs.push(`${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}.`);
  }
  return html ? new Safe(paragraphs.map((text) => `<p>${text}</p>`).join('\n'), 'html') : paragraphs.join('\n\n');
}

const ALL: [name: string, signature: string, call: (args: unknown[], named: Named) => unknown][] = [
  ['range', 'start, stop, step=1', (args) => range(args)],
  ['dict', '*args, **kwargs', (args, named) => Dict.from(pairs(args, named, 'dict'))],
  [
    'namespace',
    '*args, **kwargs',
    (args, named) => {
      const space = new Namespace();
      for (const [key, value] of pairs(args, named, 'namespace')) space.values.set(str(key), value);
      return space;
    },
  ],
  ['cycler', '*items', (items) => cycler(items)],
  ['joiner', "sep=', '", joiner],
  ['lipsum', 'n=5, html=True, min=20, max=100', lipsum],
];

export const GLOBALS: ReadonlyMap<string, Global> = new Map(
  ALL.map(([name, text, call]) => [name, { signature: signature(text), func: new Func(name, call, 'type') }]),
);

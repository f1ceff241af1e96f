import { describe, expect, it } from 'vitest';
import { compileTemplate, type Escape, LIMITS, render, TemplateError } from '@/lib/template';
import { analyse } from '@/lib/template/analyse';
import { ENTRIES } from '@/lib/template/reference';

// Random bytes and random templates from a fixed seed: whatever comes, there is a text or a TemplateError in Python's words,
// never a crash and never a message of the engine's own insides. About a minute in CI, two seconds elsewhere; counted and
// not timed, so that every machine feeds the same.
const SHARE = process.env.CI ? 1 : 0.04;
const INTERNAL =
  /undefined is not|is not a function|Cannot read|of null|\[object |NaN|at file:|node:internal|Maximum call stack|not iterable \(|Invalid array length|Invalid string length|Reduce of empty/;

/** mulberry32: the same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CONTEXT = () => ({
  customer: {
    name: 'Eva "E" Nová',
    n: 7,
    x: 2.5,
    tags: ['a', '🎉'],
    nested: { a: [1, { b: null }] },
    empty: '',
    none: null,
  },
  list: [3, 1, 2.5, 'x', null, [1], { a: 1 }],
  big: 2 ** 53,
});
const PIECES = [
  ...'{{|}}|{%|%}|{#|#}|[[|]]|-|+|*|**|/|//|%|~|(|)|[|]|{|}|.|,|:|;|=|==|!=|<|>|<=|>=|"|\'|\\|`|$|@|\n|\r\n| |  |\t|\u0000|\ud800|🎉|é|0|1|1.5|1e5|0x1f|1_0|99999999999999999999|true|none|not|and|or|in|is|if|else|for|endfor|endif|set|endset|macro|endmacro|call|endcall|filter|endfilter|raw|endraw|with|endwith|block|endblock|output|separated|by|elif|recursive|loop|caller|varargs|kwargs|self|super|namespace|range|dict|cycler|joiner|lipsum|customer|list|big|nope|x|_|__class__|constructor|__proto__|"a"|\'b\'|"%s"|"{}"'.split(
    '|',
  ),
  '|',
  ...ENTRIES.filter(({ kind }) => kind === 'filter' || kind === 'test').map(({ name }) => name),
];

/** Expressions that mostly parse, with values and calls that mostly do not fit. */
function expression(next: () => number, depth: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  if (depth > 3 || next() < 0.25)
    return pick([
      'customer.name',
      'customer.n',
      'customer.x',
      'list',
      'big',
      'nope',
      '1',
      '-2',
      '2.5',
      '""',
      '"a,b"',
      '"<b>"',
      '[]',
      '{}',
      '()',
      'none',
      'true',
      'range(3)',
      'customer',
      'customer.tags',
      "'%d'",
      '"{:d}"',
      '10 ** 20',
    ]);
  const inner = () => expression(next, depth + 1);
  const names = ENTRIES.filter(({ kind }) => kind === 'filter').map(({ name }) => name);
  const methods = ENTRIES.filter(({ kind }) => kind === 'method').map(({ name }) => name.split('.')[1]!);
  switch (Math.floor(next() * 10)) {
    case 0:
      return `(${inner()} ${pick(['+', '-', '*', '/', '//', '%', '**', '~', '==', '<', 'in', 'and', 'or'])} ${inner()})`;
    case 1:
      return `(${inner()} | ${pick(names)})`;
    case 2:
      return `(${inner()} | ${pick(names)}(${inner()}))`;
    case 3:
      return `(${inner()} | ${pick(names)}(${inner()}, ${inner()}))`;
    case 4:
      return `${inner()}.${pick(methods)}(${next() < 0.5 ? '' : inner()})`;
    case 5:
      return `${inner()}[${inner()}]`;
    case 6:
      return `${inner()}[${inner()}:${inner()}]`;
    case 7:
      return `[${inner()}, ${inner()}]`;
    case 8:
      return `{${inner()}: ${inner()}}`;
    default:
      return `(${inner()} if ${inner()} else ${inner()})`;
  }
}

function check(source: string, escape: Escape): void {
  try {
    const text = render(compileTemplate(source, { name: 'Random', escape }), CONTEXT(), {
      ...LIMITS.customer,
      timeMs: 500,
    });
    expect(typeof text).toBe('string');
    expect(text, source).not.toMatch(/\[object /);
    // Python prints a missing value inside of a list as Undefined, and some filters make that small.
    if (!/undefined|lower|capitalize|title|swapcase|casefold/.test(source))
      expect(text, source).not.toMatch(/undefined/);
  } catch (error) {
    if (!(error instanceof TemplateError))
      throw new Error(`${JSON.stringify(source)}: ${String(error)}`, { cause: error });
    expect(error.message, source).not.toMatch(INTERNAL);
    expect(error.line, source).toBeGreaterThan(0);
    expect(error.column, source).toBeGreaterThan(0);
  }
}

describe('random input', () => {
  const ESCAPES: Escape[] = ['raw', 'json', 'xml', 'url', 'header', 'text'];
  const run = (seed: number, inputs: number, make: (next: () => number) => string) => {
    const next = random(seed);
    for (let count = 0; count < inputs * SHARE; count++) {
      const source = make(next);
      check(source, ESCAPES[count % ESCAPES.length]!);
      if (count % 7 === 0) analyse(source, { escape: 'raw', format: 'json' });
    }
  };

  it('of bytes', { timeout: 240_000 }, () => {
    run(1, 120_000, (next) => {
      const bytes = Uint8Array.from({ length: Math.floor(next() * 200) }, () => Math.floor(next() * 256));
      return `{{${new TextDecoder('latin1').decode(bytes)}}}`;
    });
  });

  it('of pieces of the language', { timeout: 240_000 }, () => {
    run(2, 120_000, (next) => {
      const count = 1 + Math.floor(next() * 25);
      const text = Array.from({ length: count }, () => PIECES[Math.floor(next() * PIECES.length)]).join(
        next() < 0.5 ? ' ' : '',
      );
      return next() < 0.5 ? `{{ ${text} }}` : next() < 0.5 ? `{% ${text} %}` : text;
    });
  });

  it('of expressions', { timeout: 240_000 }, () => {
    run(3, 120_000, (next) => `{{ ${expression(next, 0)} }}`);
  });
});

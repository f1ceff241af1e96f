import { nearest, type Places, type Problem } from './analyse-problems.ts';
import type { Arguments, Expr, FilterCall, Statement } from './ast.ts';
import { TemplateError } from './errors.ts';
import { FILTERS } from './filters.ts';
import { GLOBALS } from './globals.ts';
import { METHODS } from './methods.ts';
import type { Read } from './reads.ts';
import { CONTEXT_NAMES } from './reference.ts';
import { walk } from './scope.ts';
import { bind, type Signature } from './signature.ts';
import { TESTS } from './tests.ts';
import type { Named } from './values.ts';

/** A name below a root, such as a customer's attribute, with what completion shows of it. */
export interface KnownName {
  name: string;
  /** "string", "number", … */
  type?: string;
  /** A value as text. */
  example?: string;
}

export interface KnownWebhook {
  /** What `webhook(position)` takes, from 1. */
  position: number;
  name: string;
  /** Fields of its last response; null when it was never called. */
  fields: readonly KnownName[] | null;
}

/** What the context of a template holds. */
export interface Known {
  /** Names below each root that is there; null when they are not known, and then they are not checked. */
  roots: Readonly<Record<string, readonly KnownName[] | null>>;
  /** Webhooks before this one on its path; null when that is not known. */
  webhooks: readonly KnownWebhook[] | null;
}

/** Unknown filters and tests, arguments that do not fit, names and attributes that are not there. */
export function referenceProblems(body: Statement[], reads: Read[], known: Known | null, places: Places): Problem[] {
  const problems: Problem[] = [];
  walk(body, (node) => {
    if (node.type === 'filter') check(node, 'filter', problems, places);
    else if (node.type === 'test') check(node, 'test', problems, places);
    else if ('filters' in node) for (const call of node.filters) check(call, 'filter', problems, places);
    else if (node.type === 'no-loader')
      problems.push(
        places.problem(
          'error',
          'no-loader',
          `{% ${node.tag} %} needs other templates; here each stands alone.`,
          node.at,
          node.at + 2,
        ),
      );
  });
  if (known) for (const read of reads) problems.push(...readProblems(read, known, places));
  return problems;
}

function check(
  call: FilterCall | Extract<Expr, { type: 'filter' | 'test' }>,
  kind: 'filter' | 'test',
  problems: Problem[],
  places: Places,
): void {
  const { name, nameAt, args } = call;
  const table: ReadonlyMap<string, { signature: Signature; label: string }> = kind === 'filter' ? FILTERS : TESTS;
  const found = table.get(name);
  if (found) {
    const wrong = argumentProblem(found, args);
    if (wrong) problems.push(places.problem('error', 'wrong-arguments', wrong, nameAt, nameAt + name.length));
    return;
  }
  const guess = nearest(name, table.keys());
  problems.push(
    places.problem(
      'error',
      kind === 'filter' ? 'unknown-filter' : 'unknown-test',
      `There is no ${kind} "${name}".${guess ? ` Did you mean "${guess}"?` : ''}`,
      nameAt,
      nameAt + name.length,
      guess ? { title: `Write "${guess}"`, from: nameAt, to: nameAt + name.length, text: guess } : undefined,
    ),
  );
}

/** What Python would say of the arguments, or null; what is decided by values is not looked at. */
function argumentProblem(
  { signature, label }: { signature: Signature; label: string },
  args: Arguments,
): string | null {
  if (args.rest || args.restNamed) return null;
  const named: Named = Object.create(null) as Named;
  for (const [name] of args.named) named[name] = null;
  try {
    bind(signature, label.replace(/^(?:sync_)?(?:do|test)_/, ''), args.positional, named);
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return `${error.message}.`;
    throw error;
  }
}

function readProblems(read: Read, known: Known, places: Places): Problem[] {
  const { root } = read;
  if (root === 'webhook' && known.webhooks) return webhookProblems(read, known.webhooks, places);
  if (!Object.hasOwn(known.roots, root))
    return root === 'webhook' || root === 'self' ? [] : [unknownRoot(read, known, places)];
  const names = known.roots[root];
  return names ? unknownStep(read, names, root, places) : [];
}

function unknownRoot({ root, at }: Read, known: Known, places: Places): Problem {
  const place = CONTEXT_NAMES.find(({ name }) => name === root)?.scope;
  const from = at;
  const to = at + root.length;
  if (place === 'customer' && Object.hasOwn(known.roots, 'customers'))
    return places.problem(
      'error',
      'unknown-name',
      `"${root}" is not there in Root, which is rendered once for all customers. Write it in the Customer template.`,
      from,
      to,
    );
  if (place === 'root')
    return places.problem(
      'error',
      'unknown-name',
      `"${root}" is there only in the Root template of a batch.`,
      from,
      to,
    );
  if (root === 'event')
    return places.problem(
      'error',
      'unknown-name',
      'There is no "event": no trigger before this node lets customers in by an event.',
      from,
      to,
    );
  if (root === 'trigger')
    return places.problem(
      'error',
      'unknown-name',
      'There is no "trigger": no API trigger before this node lets customers in.',
      from,
      to,
    );
  const guess = nearest(root, [...Object.keys(known.roots), 'webhook', ...GLOBALS.keys()]);
  return places.problem(
    'warning',
    'unknown-name',
    `Nothing is called "${root}" here, so it is empty.${guess ? ` Did you mean "${guess}"?` : ''}`,
    from,
    to,
    guess ? { title: `Write "${guess}"`, from, to, text: guess } : undefined,
  );
}

/** The first step below something whose names are known. */
function unknownStep(read: Read, names: readonly KnownName[], owner: string, places: Places): Problem[] {
  const [step] = read.path;
  const [at] = read.steps;
  if (step === undefined || at === undefined || names.length === 0) return [];
  // Known names may be dotted: "address.city" makes "address" known.
  if (names.some(({ name }) => name === step || name.startsWith(`${step}.`)) || METHODS.dict!.has(step)) return [];
  const guess = nearest(
    step,
    names.map(({ name }) => name.split('.')[0]!),
  );
  const isQuoted = /["']/.test(places.text[at] ?? '');
  const from = isQuoted ? at + 1 : at;
  const canWrite = guess !== null && (isQuoted || /^[\p{L}_][\p{L}\p{N}_]*$/u.test(guess));
  return [
    places.problem(
      'warning',
      'unknown-attribute',
      `No ${owner === 'customer' ? 'customer' : `"${owner}"`} is known to have "${step}".${guess ? ` Did you mean "${guess}"?` : ''}`,
      from,
      from + step.length,
      canWrite ? { title: `Write "${guess}"`, from, to: from + step.length, text: guess } : undefined,
    ),
  ];
}

function webhookProblems(read: Read, webhooks: readonly KnownWebhook[], places: Places): Problem[] {
  const out = (message: string) => [places.problem('error', 'webhook-out-of-path', message, read.at, read.end)];
  if (webhooks.length === 0) return out('There is no webhook before this one, so there is no response to read.');
  const which = read.call?.[0];
  let found: KnownWebhook | undefined = webhooks.at(-1);
  if (typeof which === 'number') {
    found = webhooks.find(({ position }) => position === which);
    if (!found)
      return out(
        `webhook(${which}) is not on the path to this node; ${webhooks.length === 1 ? 'there is only webhook(1)' : `there are webhook(1) to webhook(${webhooks.length})`}.`,
      );
  } else if (typeof which === 'string') {
    found = webhooks.findLast(({ name }) => name === which);
    if (!found) {
      const guess = nearest(
        which,
        webhooks.map(({ name }) => name),
      );
      return out(
        `No webhook on the path to this node is called "${which}".${guess ? ` Did you mean "${guess}"?` : ''}`,
      );
    }
  } else if (read.call && read.call.length > 0) return [];
  const always = ['data', 'status_code', 'success'].map((name) => ({ name }));
  return found?.fields ? unknownStep(read, [...found.fields, ...always], found.name || 'webhook', places) : [];
}

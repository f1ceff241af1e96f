import type { Statement } from './ast.ts';
import { charge } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { Items, Loop } from './loop.ts';
import { type Evaluate, type Execute, type Render, tooLong } from './render-state.ts';
import { targetNames, walk } from './scope.ts';
import { iterate } from './sequences.ts';
import { Func, Host, isText, isTruthy, Namespace, typeName } from './values.ts';

/** What compiled statements do while a template runs: loops, unpacking, pieces of Root. */

export type Assign = (r: Render, value: unknown) => void;

/** Whether anything inside a loop, or its target, takes the name of the loop itself. */
export function assignsLoop(statement: Statement): boolean {
  let found = false;
  walk(statement, (node) => {
    const targets =
      node.type === 'for' || node.type === 'set' || node.type === 'set-block'
        ? [node.target]
        : node.type === 'with'
          ? node.names.map(([target]) => target)
          : [];
    if (targets.some((target) => targetNames(target).includes('loop'))) found = true;
    return !found;
  });
  return found;
}

export interface LoopParts {
  body: Execute;
  otherwise: Execute;
  assign: Assign;
  condition: Evaluate | null;
  loopSlot: number;
  slots: number[];
  at: number;
}

export function runLoop(
  r: Render,
  value: unknown,
  { body, otherwise, assign, condition, loopSlot, slots, at }: LoopParts,
  depth: number,
  recurse: ((items: unknown) => unknown) | null,
): void {
  const { frame } = r;
  const { slots: values } = frame;
  const reset = (): void => {
    for (let k = 0; k < slots.length; k++) values[slots[k]!] = undefined;
  };
  const holds = condition
    ? (item: unknown): boolean => {
        const kept = slots.map((slot) => values[slot]);
        reset();
        assign(r, item);
        const result = isTruthy(condition(r));
        slots.forEach((slot, k) => {
          values[slot] = kept[k];
        });
        return result;
      }
    : null;
  const items = new Items(iterate(value), holds);
  if (!items.has(0)) return otherwise(r);
  const loop = loopSlot >= 0 ? new Loop(items, depth, recurse) : null;
  for (let i = 0; items.has(i); i++) {
    charge(1);
    reset();
    if (loop) {
      loop.index0 = i;
      values[loopSlot] = loop;
    }
    r.at = at;
    assign(r, items.at(i));
    body(r);
  }
  reset();
}

export function pushChunks(r: Render, chunks: string[], pieces: string[], between: string): void {
  const push = (text: string) => {
    r.chunked += text.length;
    chunks.push(text);
  };
  if (r.out) push(r.out);
  r.out = '';
  pieces.forEach((piece, i) => {
    if (i > 0) push(between);
    push(piece);
  });
  if (r.chunked > r.outputLimit) tooLong();
}

export function unpack(r: Render, value: unknown, parts: Assign[]): void {
  if (!isIterable(value)) throw typeError(`cannot unpack non-iterable ${typeName(value)} object`);
  const items = iterate(value);
  if (items.length > parts.length)
    throw new TemplateError('ValueError', `too many values to unpack (expected ${parts.length})`);
  if (items.length < parts.length)
    throw new TemplateError(
      'ValueError',
      `not enough values to unpack (expected ${parts.length}, got ${items.length})`,
    );
  for (let i = 0; i < parts.length; i++) parts[i]!(r, items[i]);
}

function isIterable(value: unknown): boolean {
  if (isText(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return (
    !(value instanceof Func || value instanceof Host || value instanceof Namespace) &&
    !['int', 'float'].includes(typeName(value))
  );
}

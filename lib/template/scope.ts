import type { Expr, Statement, Target } from './ast.ts';

/**
 * Where names live, worked out before a template runs. Jinja's scopes are lexical: loops, `with`, macros and captured blocks
 * open one, `if` does not. A name that a scope assigns has a slot there; while the slot is unset, reads fall through to the
 * scopes around it and then to the context.
 */
export class FunctionScope {
  readonly parent: FunctionScope | null;
  size = 0;
  constructor(parent: FunctionScope | null) {
    this.parent = parent;
  }
}

export interface Slot {
  /** Functions outwards from the one that reads. */
  depth: number;
  index: number;
}

export class Scope {
  readonly fn: FunctionScope;
  private readonly parent: Scope | null;
  private readonly names = new Map<string, number>();
  /** Names that are assigned before they are read: unset, they are undefined, whatever the context has. */
  private readonly own = new Set<string>();

  constructor(fn: FunctionScope, parent: Scope | null) {
    this.fn = fn;
    this.parent = parent;
  }

  /** Gives the name a slot of this scope. */
  declare(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const index = this.fn.size++;
    this.names.set(name, index);
    return index;
  }

  /** Declares what a body assigns. */
  declareAll(body: readonly Statement[]): void {
    const first = firstReferences(body);
    for (const name of assigned(body)) {
      if (!this.names.has(name) && first.get(name) === 'store' && this.find(name).slots.length === 0)
        this.own.add(name);
      this.declare(name);
    }
  }

  /** The slots of this scope, to be unset when it is entered again. */
  slots(): number[] {
    return [...this.names.values()];
  }

  /** Every slot that may hold the name, the nearest first. */
  find(name: string): { slots: Slot[]; fallsThrough: boolean } {
    const slots: Slot[] = [];
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const index = scope.names.get(name);
      if (index === undefined) continue;
      let depth = 0;
      for (let fn: FunctionScope | null = this.fn; fn && fn !== scope.fn; fn = fn.parent) depth++;
      slots.push({ depth, index });
      if (scope.own.has(name)) return { slots, fallsThrough: false };
    }
    return { slots, fallsThrough: true };
  }
}

export function targetNames(target: Target): string[] {
  if (target.type === 'name') return [target.name];
  return target.type === 'tuple' ? target.items.flatMap(targetNames) : [];
}

/** Names that statements assign in the scope they stand in. */
export function assigned(body: readonly Statement[]): string[] {
  return body.flatMap((statement): string[] => {
    switch (statement.type) {
      case 'set':
      case 'set-block':
        return targetNames(statement.target);
      case 'macro':
        return [statement.name];
      case 'if':
        return [...statement.branches.flatMap(([, branch]) => assigned(branch)), ...assigned(statement.otherwise)];
      default:
        return [];
    }
  });
}

/** Whether each name of a scope is read or assigned first; scopes inside are not looked into, as Jinja does not. */
function firstReferences(body: readonly Statement[]): Map<string, 'load' | 'store'> {
  const first = new Map<string, 'load' | 'store'>();
  for (const statement of body) reference(statement, first);
  return first;
}

function reference(s: Statement, first: Map<string, 'load' | 'store'>): void {
  const loads = (node: unknown): void =>
    walk(node, (inner) => {
      if (inner.type === 'name' && !first.has(inner.name)) first.set(inner.name, 'load');
    });
  const stores = (names: string[]): void => {
    for (const name of names) if (!first.has(name)) first.set(name, 'store');
  };
  switch (s.type) {
    case 'output':
      return loads(s.value);
    case 'set':
      loads(s.value);
      return stores(targetNames(s.target));
    case 'set-block':
      return stores(targetNames(s.target));
    case 'macro':
      return stores([s.name]);
    case 'for':
      return loads(s.over);
    case 'with':
      return loads(s.names.map(([, value]) => value));
    case 'call-block':
      return loads(s.call);
    case 'filter-block':
      return loads(s.filters);
    case 'customers':
      return loads([s.over, s.separator]);
    case 'if': {
      const branches = [...s.branches.map(([, branch]) => branch), s.otherwise].map((branch) => {
        const inner = new Map(first);
        for (const statement of branch) reference(statement, inner);
        return inner;
      });
      loads(s.branches.map(([test]) => test));
      // What only some branches assign may come from outside behind them.
      for (const name of new Set(branches.flatMap((branch) => [...branch.keys()])))
        if (!first.has(name))
          first.set(name, branches.every((branch) => branch.get(name) === 'store') ? 'store' : 'load');
      return;
    }
    default:
  }
}

type Node = Expr | Statement | Target;

/** Calls `visit` for every expression, statement and target below a node; `false` leaves out what is below. */
export function walk(node: unknown, visit: (node: Node) => boolean | undefined | undefined): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && visit(node as Node) === false) return;
  for (const key in node) walk((node as Record<string, unknown>)[key], visit);
}

/** Whether a name is read anywhere below. */
export function mentions(body: unknown, name: string): boolean {
  let found = false;
  walk(body, (node) => {
    if (node.type === 'name' && node.name === name) found = true;
    return !found;
  });
  return found;
}

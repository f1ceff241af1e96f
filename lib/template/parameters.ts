/** Template parameters `[[ name : type = "default" | order | "category" ]]` (Bloomreach docs: using template parameters). */

export const PARAMETER_TYPES = [
  'string',
  'text',
  'number',
  'boolean',
  'color',
  'enum',
  'date',
  'time',
  'datetime',
  'image',
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** One declared parameter; the first declaration that says more than the name wins. */
export interface ParameterDeclaration {
  name: string;
  type: ParameterType;
  /** The choices of an enum. */
  options: string[];
  default: string;
  order: number | null;
  category: string;
}

const DECLARATION = /\[\[\s*([A-Za-z_][\w-]*)\s*((?:[:=|][^[\]\n]*)?)\]\]/g;

/** The parameters that templates declare, each name once, in the order of their first use. */
export function findParameters(...sources: string[]): ParameterDeclaration[] {
  const found = new Map<string, ParameterDeclaration>();
  for (const source of sources) {
    for (const [, name = '', rest = ''] of source.matchAll(DECLARATION)) {
      const declaration = parseDeclaration(name, rest);
      const known = found.get(name);
      if (!known) found.set(name, declaration);
      else if (rest.trim() !== '' && known.type === 'string' && known.default === '') found.set(name, declaration);
    }
  }
  return [...found.values()].sort(
    (a, b) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER),
  );
}

function parseDeclaration(name: string, rest: string): ParameterDeclaration {
  const declaration: ParameterDeclaration = {
    name,
    type: 'string',
    options: [],
    default: '',
    order: null,
    category: '',
  };
  const typed = /^\s*:\s*([a-z]+)\s*(?:\(([^)]*)\))?/.exec(rest);
  if (typed) {
    if ((PARAMETER_TYPES as readonly string[]).includes(typed[1]!)) declaration.type = typed[1] as ParameterType;
    if (typed[2] !== undefined)
      declaration.options = typed[2]
        .split(',')
        .map((option) => option.trim().replace(/^(["'])(.*)\1$/, '$2'))
        .filter(Boolean);
  }
  declaration.default = /=\s*"([^"]*)"/.exec(rest)?.[1] ?? '';
  const order = /\|\s*(\d+)\s*(?:\||$)/.exec(rest);
  if (order) declaration.order = Number(order[1]);
  declaration.category = /\|\s*"([^"]*)"/.exec(rest)?.[1] ?? '';
  return declaration;
}

/** Why a value does not suit its type, or null; a value with Jinja in it is judged when it is rendered. */
export function refuseParameter(declaration: ParameterDeclaration, value: string): string | null {
  if (value === '' || isTemplate(value)) return null;
  switch (declaration.type) {
    case 'number':
      return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value.trim()) ? null : 'must be a number';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be true or false';
    case 'color':
      return /^#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value) ? null : 'must be a HEX colour such as #1a7f37';
    case 'enum':
      return declaration.options.includes(value) ? null : `must be one of ${declaration.options.join(', ')}`;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
        ? null
        : 'must be a date such as 2026-11-24';
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value) ? null : 'must be a time such as 08:30';
    case 'datetime':
      return Number.isNaN(Date.parse(value)) && !/^\d+$/.test(value)
        ? 'must be a date and time such as 2026-11-24T08:30'
        : null;
    case 'image':
      return URL.canParse(value) ? null : 'must be the address of an image';
    default:
      return null;
  }
}

/** Whether a value contains Jinja and is therefore rendered itself. */
export const isTemplate = (value: string): boolean => /\{\{|\{%/.test(value);

/** The value as templates see it: a number, a boolean, a timestamp, or text. */
export function typedValue(type: ParameterType, value: string): unknown {
  if (type === 'number') {
    const number = Number(value);
    return value.trim() === '' || Number.isNaN(number) ? value : number;
  }
  if (type === 'boolean') return value === 'true';
  if (type === 'datetime' && !/^\d*$/.test(value)) {
    const at = Date.parse(value);
    return Number.isNaN(at) ? value : at / 1000;
  }
  return value;
}

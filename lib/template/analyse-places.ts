import type { Places, Problem } from './analyse-problems.ts';
import type { Expr, Statement } from './ast.ts';
import { type Escape, isInJsonString, type Place, placeOf } from './escape.ts';

interface Options {
  escape?: Escape;
  format?: 'json' | 'text' | 'xml' | 'url' | 'header';
}

/** Advice about values that are written as they are into a format that has rules, and about `safe`, which switches them off. */
export function formatProblems(body: Statement[], text: string, options: Options, places: Places): Problem[] {
  const { escape = 'raw', format } = options;
  const problems: Problem[] = [];
  if (escape !== 'raw') safeUses(body, places, problems);
  else if (format === 'json') new JsonAdvice(text, places, problems).statements(body);
  else if (format === 'xml') outputs(body, (value, end) => xmlAdvice(value, end, text, places, problems));
  return problems;
}

/** Calls `visit` for every output, wherever it stands. */
function outputs(body: Statement[], visit: (value: Expr, end: number) => void): void {
  for (const statement of body) {
    if (statement.type === 'output') visit(statement.value, statement.end);
    for (const inner of bodies(statement)) outputs(inner, visit);
  }
}

function bodies(statement: Statement): Statement[][] {
  if (statement.type === 'if') return [...statement.branches.map(([, body]) => body), statement.otherwise];
  if (statement.type === 'for') return [statement.body, statement.otherwise];
  return 'body' in statement ? [statement.body] : [];
}

function safeUses(body: Statement[], places: Places, problems: Problem[]): void {
  outputs(body, (value) => {
    if (value.type === 'filter' && value.name === 'safe')
      problems.push(
        places.problem(
          'warning',
          'safe',
          '"safe" writes this value without escaping: a quote or a bracket in it changes the request.',
          value.nameAt,
          value.nameAt + 4,
        ),
      );
  });
}

/** Filters whose result cannot break a JSON string. */
const HARMLESS = new Set(
  'tojson to_json json_string int float round abs length count wordcount urlencode md5 sha1 sha256 sha512 hmac_sha1 hmac_sha256 hmac_sha512 b64encode to_iso to_timestamp add_days filesizeformat sum'.split(
    ' ',
  ),
);

function isHarmless(e: Expr): boolean {
  switch (e.type) {
    case 'const':
      return typeof e.value !== 'string' || !/["\\\n]/.test(e.value);
    case 'parameter':
      return true;
    case 'filter':
      return HARMLESS.has(e.name) || ((e.name === 'default' || e.name === 'd') && isHarmless(e.input));
    case 'if':
      return isHarmless(e.yes) && (e.no === null || isHarmless(e.no));
    case 'concat':
      return e.parts.every(isHarmless);
    case 'unary':
    case 'compare':
    case 'test':
      return true;
    case 'binary':
      return e.op !== '+' && e.op !== '%' && e.op !== '*';
    case 'attribute':
      return e.object.type === 'name' && e.object.name === 'loop';
    case 'name':
      return e.name === 'time';
    default:
      return false;
  }
}

/** What has to be put in brackets before a filter is added behind it. */
const isTight = (e: Expr): boolean =>
  !['binary', 'and', 'or', 'compare', 'concat', 'if', 'unary', 'test', 'tuple'].includes(e.type);

/** Values inside quotes of a JSON text that is rendered raw. */
class JsonAdvice {
  private readonly place: Place = placeOf('json');
  private readonly text: string;
  private readonly places: Places;
  private readonly problems: Problem[];

  constructor(text: string, places: Places, problems: Problem[]) {
    this.text = text;
    this.places = places;
    this.problems = problems;
  }

  statements(body: Statement[]): void {
    for (const statement of body) this.statement(statement);
  }

  private statement(s: Statement): void {
    if (s.type === 'text') this.place.text(s.text);
    else if (s.type === 'output') this.output(s);
    else if (s.type === 'if') {
      const before = this.place.save();
      for (const branch of [...s.branches.map(([, body]) => body), s.otherwise].reverse()) {
        this.place.restore(before);
        this.statements(branch);
      }
    } else if (s.type === 'macro' || s.type === 'set-block' || s.type === 'call-block') {
      const before = this.place.save();
      this.statements(s.body);
      this.place.restore(before);
    } else for (const inner of bodies(s)) this.statements(inner);
  }

  private output({ value, at, end }: Extract<Statement, { type: 'output' }>): void {
    if (!isInJsonString(this.place) || isHarmless(value)) return;
    this.problems.push(
      this.places.problem(
        'warning',
        'unescaped',
        'A quote or a line break in this value breaks the JSON: values are not escaped here.',
        at,
        end,
        this.fix(value, at, end),
      ),
    );
  }

  /** `"{{ x }}"` becomes `{{ x | tojson }}`; a value among other text gets `| json_string`. */
  private fix(value: Expr, at: number, end: number) {
    const open = /^\{\{[-+]?/.exec(this.text.slice(at, end))?.[0];
    const close = /[-+]?\}\}$/.exec(this.text.slice(at, end))?.[0];
    if (!open || !close) return undefined;
    const inside = this.text.slice(at + open.length, end - close.length).trim();
    const input = isTight(value) ? inside : `(${inside})`;
    if (this.text[at - 1] === '"' && this.text[end] === '"')
      return {
        title: 'Write the value as JSON with tojson',
        from: at - 1,
        to: end + 1,
        text: `${open} ${input} | tojson ${close}`,
      };
    return { title: 'Escape it with json_string', from: at, to: end, text: `${open} ${input} | json_string ${close}` };
  }
}

const XML_HARMLESS = new Set([...HARMLESS].filter((name) => !['tojson', 'to_json', 'json_string'].includes(name)));

function xmlAdvice(value: Expr, end: number, text: string, places: Places, problems: Problem[]): void {
  if (value.type === 'const' || value.type === 'parameter' || value.type === 'compare' || value.type === 'test') return;
  if (
    value.type === 'filter' &&
    (['e', 'escape', 'forceescape', 'safe', 'xmlattr'].includes(value.name) || XML_HARMLESS.has(value.name))
  )
    return;
  const close = /[-+]?\}\}$/.exec(text.slice(0, end))?.[0];
  if (!close || !isTight(value)) return;
  const at = end - close.length;
  problems.push(
    places.problem(
      'warning',
      'unescaped',
      'A < or & in this value breaks the XML: values are not escaped here.',
      value.at,
      at,
      { title: 'Escape it with e', from: text.slice(0, at).trimEnd().length, to: at, text: ' | e ' },
    ),
  );
}

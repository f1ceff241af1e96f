/**
 * What an editor needs to know of a template while it is being written. A door of its own; browser-safe; never throws, and
 * finds several problems in one go.
 *
 *   const a = analyse(source, { escape: 'json', format: 'json', known: { … } });
 *   a.problems                 faults and advice with line, column, offsets and, where there is one, a fix
 *   a.reads                    what is taken from the context, with places: customer.email, webhook(2).id
 *   a.parameters               the `[[ name ]]` it declares
 *   a.isStatic                 true when everybody gets the same text
 *   a.tokens                   pieces for highlighting, in order
 *   a.completionAt(offset)     what may stand there: the piece to replace and items to offer
 *   a.signatureAt(offset)      the call around that place and which argument it is in
 *
 * Offsets count UTF-16 units of the source that was passed in; lines and columns begin at 1.
 */
import { type Completion, completionAt, type SignatureHelp, signatureAt } from './analyse-completion.ts';
import { type Known, referenceProblems } from './analyse-names.ts';
import { formatProblems } from './analyse-places.ts';
import { Places, type Problem } from './analyse-problems.ts';
import { type HighlightToken, highlight } from './analyse-tokens.ts';
import type { Statement } from './ast.ts';
import { SOURCE_LIMIT } from './budget.ts';
import { TemplateError } from './errors.ts';
import type { Escape } from './escape.ts';
import { normalised } from './lexer.ts';
import { declaredParameters, findParameters, type ParameterDeclaration } from './parameters.ts';
import { parse, parseExpression } from './parser.ts';
import { type Read, readsOf } from './reads.ts';

export type { Completion, CompletionItem, SignatureHelp } from './analyse-completion.ts';
export type { Known, KnownName, KnownWebhook } from './analyse-names.ts';
export type { Fix, Problem, ProblemCode } from './analyse-problems.ts';
export type { HighlightToken } from './analyse-tokens.ts';

export interface AnalyseOptions {
  /** How values are escaped; raw when left out. */
  escape?: Escape;
  /** What the text is, whatever its escaping: decides the advice about unescaped values. */
  format?: 'json' | 'text' | 'xml' | 'url' | 'header';
  /** A bare expression, as conditions have it, instead of a text with `{{ … }}` in it. */
  isExpression?: boolean;
  /** Names of parameters that are declared elsewhere or have a value. */
  parameters?: readonly string[];
  /** What the context holds; without it names are not checked. */
  known?: Known;
}

/** One read of the context, for "who uses this". */
export interface PlacedRead {
  root: string;
  /** Steps below the root; of `webhook(2).id` they are ["id"]. */
  path: readonly string[];
  /** Arguments of a called root, such as 2; undefined for those that are not constants. */
  call: readonly unknown[] | null;
  from: number;
  to: number;
  line: number;
  column: number;
}

export interface Analysis {
  problems: readonly Problem[];
  reads: readonly PlacedRead[];
  parameters: readonly ParameterDeclaration[];
  isStatic: boolean;
  tokens: readonly HighlightToken[];
  completionAt(offset: number): Completion;
  signatureAt(offset: number): SignatureHelp | null;
}

export function analyse(source: string, options: AnalyseOptions = {}): Analysis {
  const text = normalised(source);
  const places = new Places(source, text);
  const declared = declaredParameters(text);
  const names = new Set([...declared.map(({ name }) => name), ...(options.parameters ?? [])]);
  const isParameter = (name: string) => names.has(name);
  const problems: Problem[] = [];
  const body = tree(text, options, isParameter, (error) => problems.push(places.fault(error)), places);
  const reads = readsOf(body);
  problems.push(...referenceProblems(body, reads, options.known ?? null, places));
  problems.push(...formatProblems(body, text, options, places));
  problems.sort((a, b) => a.from - b.from);
  const lexed = options.isExpression ? `{{${text}}}` : text;
  const shift = options.isExpression ? 2 : 0;
  return {
    problems,
    reads: reads.map((read) => placedRead(read, places)),
    parameters: findParameters(text),
    isStatic: reads.length === 0,
    tokens: highlight(lexed, isParameter, shift, places),
    completionAt: (offset) =>
      completionAt(lexed, places.inText(offset) + shift, shift, options.known ?? null, body, places),
    signatureAt: (offset) => signatureAt(lexed, places.inText(offset) + shift),
  };
}

function tree(
  text: string,
  options: AnalyseOptions,
  isParameter: (name: string) => boolean,
  report: (error: TemplateError) => void,
  places: Places,
): Statement[] {
  if (text.length > SOURCE_LIMIT) {
    report(
      new TemplateError('LimitError', `The template has ${text.length} characters; the limit is ${SOURCE_LIMIT}.`, 0),
    );
    return [];
  }
  try {
    if (!options.isExpression) return parse(text, isParameter, report);
    return [{ type: 'output', value: parseExpression(text), at: 0, end: places.text.length }];
  } catch (error) {
    if (error instanceof TemplateError) report(error);
    else if (error instanceof RangeError)
      report(new TemplateError('LimitError', 'The template is nested too deeply.', 0));
    else throw error;
    return [];
  }
}

function placedRead(read: Read, places: Places): PlacedRead {
  const { line, column } = places.lineOf(read.at);
  return {
    root: read.root,
    path: read.path,
    call: read.call,
    from: places.original(read.at),
    to: places.original(read.end),
    line,
    column,
  };
}

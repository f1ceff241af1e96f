import { brief, type Sources, typeName } from './sources';
import { fieldsAt } from './suggest';
import { FILTER_WORDS, TEST_WORDS } from './vocabulary';

export interface Hover {
  /** Columns from 0 in the line. */
  from: number;
  to: number;
  /** Markdown. */
  text: string;
}

const TOKEN =
  /\|\s*[A-Za-z_]\w*|\bis\s+(?:not\s+)?[a-z]+|\[\[[^\]\n]*\]\]|[A-Za-z_]\w*(?:\([^()]*\)|\.\w+|\["[^"\]]*"\])*/g;

/** What stands at a column of a line of a template, explained with the value of the chosen customer. */
export function explain(line: string, column: number, sources: Sources, chosen: string): Hover | null {
  for (const match of line.matchAll(TOKEN)) {
    const from = match.index;
    const to = from + match[0].length;
    if (column < from || column > to) continue;
    const text = describe(match[0], sources, chosen);
    return text ? { from, to, text } : null;
  }
  return null;
}

function describe(token: string, sources: Sources, chosen: string): string | null {
  const filter = /^\|\s*(\w+)/.exec(token);
  if (filter) return documented(FILTER_WORDS, filter[1]!);
  const test = /^is\s+(?:not\s+)?(\w+)$/.exec(token);
  if (test) return documented(TEST_WORDS, test[1]!);
  if (token.startsWith('[[')) return describeParameter(token, sources);
  return describePath(token, sources, chosen);
}

function documented(words: typeof FILTER_WORDS, name: string): string | null {
  const found = words.find((word) => word.name === name);
  return found ? `\`${found.signature}\`\n\n${found.about}` : null;
}

function describeParameter(token: string, sources: Sources): string | null {
  const name = /\[\[\s*([\w-]+)/.exec(token)?.[1];
  const found = sources.parameters.find((parameter) => parameter.name === name);
  if (!found) return null;
  return `Parameter **${found.name}** (${found.type})\n\n${found.value === '' ? 'No value yet.' : quoted(found.value)}`;
}

function describePath(path: string, sources: Sources, chosen: string): string | null {
  const cut = /^(.*?)(?:\.(\w+)|\["([^"\]]*)"\])$/.exec(path);
  if (!cut) return null;
  const [, parent = '', dotted, bracketed] = cut;
  const name = dotted ?? bracketed ?? '';
  const known = fieldsAt(parent, sources).find((field) => field.name === name);
  if (!known)
    return /^(customer|event)$/.test(parent) && fieldsAt(parent, sources).length > 0
      ? `**${path}** is not known: no recent customer has it.`
      : null;
  const type = known.type ?? (known.example === undefined ? '' : typeName(known.example));
  const share = known.share === undefined ? '' : ` · ${Math.round(known.share * 100)} % of customers have it`;
  const of = known.isOwn && chosen ? ` for ${chosen}` : known.example === undefined ? '' : ', for example';
  const value = known.example === undefined ? 'No value.' : quoted(brief(known.example, 400));
  return `**${path}**${of}\n\n${value}\n\n${type}${share}`;
}

const quoted = (text: string) => `\`\`\`text\n${text}\n\`\`\``;

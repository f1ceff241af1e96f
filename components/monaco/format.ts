/** Puts a template into shape without touching Jinja, parameters or the inside of texts. */

const JINJA = String.raw`\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}|\[\[\s*[A-Za-z_][\w-]*\s*(?:[:=|][^[\]\n]*)?\]\]`;
const JSON_TOKEN = new RegExp(`\\s+|${JINJA}|"(?:${JINJA}|[^"\\\\]|\\\\[\\s\\S])*"|[{}[\\],:]|[^\\s{}[\\],:"]+`, 'y');
const XML_TOKEN = new RegExp(
  `${JINJA}|<!--[\\s\\S]*?-->|<!\\[CDATA\\[[\\s\\S]*?\\]\\]>|<(?:${JINJA}|"[^"]*"|'[^']*'|[^<>"'])*>|[^<{[]+|[{[]`,
  'y',
);

interface Token {
  text: string;
  /** Spaces or line ends that stood before it. */
  gap: string;
}

/** @returns the template in shape, or null when it is not well enough formed to be touched */
export function formatTemplate(source: string, format: 'json' | 'xml'): string | null {
  return format === 'json' ? formatJson(source) : formatXml(source);
}

function tokensOf(source: string, pattern: RegExp): Token[] | null {
  const tokens: Token[] = [];
  let gap = '';
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (!match) return null;
    if (match[0].trim() === '') gap += match[0];
    else {
      tokens.push({ text: match[0], gap });
      gap = '';
    }
  }
  return tokens;
}

const isStatement = (text: string) => text.startsWith('{%') || text.startsWith('{#');

/** Outside of its texts, spaces and line ends of JSON mean nothing: only they change. */
function formatJson(source: string): string | null {
  const tokens = tokensOf(source, JSON_TOKEN);
  if (!tokens) return null;
  let out = '';
  let depth = 0;
  let breakNext = false;
  const line = () => {
    if (out !== '') out = `${out.replace(/[ \t]+$/, '')}\n${'  '.repeat(Math.max(0, depth))}`;
  };
  for (const [i, { text, gap }] of tokens.entries()) {
    const before = tokens[i - 1]?.text ?? '';
    if (isStatement(text)) {
      // A statement keeps its own line or stays in the line where the author put it.
      if (gap.includes('\n') || /^[{[]$/.test(before)) line();
      else if (gap !== '') out += ' ';
      out += text;
      breakNext ||= tokens[i + 1]?.gap.includes('\n') ?? false;
      continue;
    }
    const closes = text === '}' || text === ']';
    if (closes) depth--;
    if (closes ? before !== '{' && before !== '[' : breakNext && text !== ',') line();
    else if (gap !== '' && out !== '' && !/[\s:]$/.test(out) && !',:'.includes(text) && !'{['.includes(before))
      out += ' ';
    breakNext = false;
    out += text === ':' ? ': ' : text;
    if (text === '{' || text === '[') depth++;
    if (text === '{' || text === '[' || text === ',') breakNext = true;
  }
  return depth === 0 ? out.trimEnd() : null;
}

/** Elements that hold only elements are broken into lines; an element with text stays in one line. */
function formatXml(source: string): string | null {
  const tokens = tokensOf(source, XML_TOKEN);
  if (!tokens) return null;
  let out = '';
  // One entry for each open element: whether it holds text of its own.
  const open: boolean[] = [];
  const isInText = () => open.some(Boolean);
  const line = (depth: number) => {
    if (out !== '') out += `\n${'  '.repeat(depth)}`;
  };
  for (const [i, { text, gap }] of tokens.entries()) {
    if (text.startsWith('</')) {
      if (open.length === 0) return null;
      const isEmpty = OPENING.test(tokens[i - 1]?.text ?? '');
      const isText = isInText();
      open.pop();
      if (!isText && !isEmpty) line(open.length);
      out += text;
    } else if ((text.startsWith('<') && !text.startsWith('<![')) || isStatement(text)) {
      if (!isInText()) line(open.length);
      out += text;
      if (OPENING.test(text) && !text.endsWith('/>')) open.push(false);
    } else {
      out += (gap.includes('\n') ? '' : gap) + text.replace(/\s*\n\s*/g, ' ');
      if (open.length > 0) open[open.length - 1] = true;
    }
  }
  return open.length === 0 ? out.trim() : null;
}

const OPENING = /^<[^/!?]/;

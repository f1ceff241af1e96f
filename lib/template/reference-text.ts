import {
  INTEGER_BITS,
  MACRO_DEPTH,
  RANGE_LIMIT,
  SOURCE_LIMIT,
  SYNTAX_DEPTH,
  VALUE_DEPTH,
  WIDTH_LIMIT,
} from './budget.ts';
import { CONTEXT_NAMES, ENTRIES, type Entry, type EntryKind } from './reference.ts';
import { LIMITS } from './rendering.ts';

/** The language reference as Markdown: docs/templates.md is exactly this text. */
export function referenceText(): string {
  return [
    INTRODUCTION,
    context(),
    ESCAPING,
    PARAMETERS,
    batches(),
    budgets(),
    section('Tags', 'tag', ''),
    section(
      'Filters',
      'filter',
      'A filter changes a value: `{{ value | name(arguments) }}`. Filters are applied from left to right.',
      false,
    ),
    section('Filters that Jinja2 does not have', 'filter', 'These are ours.', true),
    section('Tests', 'test', 'A test asks something of a value: `{% if value is name %}`, `is not name`.'),
    section('Functions', 'global', 'Every template has these.'),
    section(
      'Methods',
      'method',
      'Called on a value with a dot. The name says of which type they are: str is text, dict a mapping.',
    ),
  ].join('\n');
}

const INTRODUCTION = `# Templates

<!-- Made from lib/template by \`node tools/template-docs.ts\`; a test compares the two and renders every example. -->

Texts of webhooks, conditions and attributes are written in Jinja2's language, as it is in version 3.1 for Python. What was
written for Jinja2 works here unchanged: numbers, texts and lists print as Python prints them, and mistakes are worded as
Python words them. \`{{ value }}\` prints a value, \`{% tag %}\` does something, \`{# comment #}\` is left out; a minus sign inside
the braces takes away the white space on its side.

Different from a Jinja2 with files: templates stand alone, so \`include\`, \`import\` and \`extends\` fail when they are reached.
Complex numbers do not exist. Names of Unicode characters (\`"\\N{BULLET}"\`) are not known in texts.

A value that is missing prints as nothing and is false; asking something of it is a mistake. \`default\` puts another value in
its place.
`;

const ESCAPING = `## Escaping

New webhooks write each value as its place demands. Imported templates keep Jinja's own way, *raw*, which writes values as they
are; the editor then warns of values that could break the format.

| format | inside | what is written |
|---|---|---|
| JSON | quotes | the text, escaped for a JSON string |
| JSON | outside quotes | the value as JSON; a missing one is null |
| XML | anywhere | \`& < > " '\` escaped; characters that XML cannot hold are left out |
| URL | path and query | percent-encoded as a whole: a value cannot add a step, a query or a fragment |
| URL | host | letters, digits, dots, hyphens and a port; anything else is percent-encoded |
| header | anywhere | printable ASCII; anything else fails the request |
| text | anywhere | as it is |

Nothing is escaped twice: \`tojson\`, \`to_json\`, \`json_string\`, \`urlencode\` and \`e\` are recognised in their format. Text that the
author wrote in an expression, such as \`{{ "," if not loop.last }}\`, is template, not a value. A macro or a \`set\` block whose own
text has quotes, brackets or braces (in XML: tags) writes structure, which is escaped inside; any other writes text, which is
escaped where it is used. \`safe\` switches escaping off for one value and is shown as a warning.
`;

const PARAMETERS = `## Parameters

\`[[ name ]]\` is a field that is filled in once, on the Parameters tab, not for each customer. \`[[ name : type ]]\` gives it a type:
string, text, number, boolean, color, enum(a, b, c), date, time, datetime or image. A default, an order and a category may
follow: \`[[ name : number = "5" | 2 | "Prices" ]]\`; what follows beyond that is kept as it is. The value is data: it is never read
as part of the template, and it is escaped for its place. A value may itself hold Jinja, which is rendered for each customer.
Inside an expression, a name in double brackets is a parameter only when it is declared somewhere else; otherwise it is a list.
`;

function context(): string {
  const where = { everywhere: 'everywhere', customer: 'for each customer', root: 'in Root' };
  return `## What a template can read

| name | where | what |
|---|---|---|
${CONTEXT_NAMES.map(({ name, doc, scope }) => `| \`${name}\` | ${where[scope]} | ${doc} |`).join('\n')}
`;
}

const batches = (): string => `## Batches

A batch webhook has two templates. *Customer* is rendered for each customer; *Root* once around all of them, and there
\`customers\` is the list of finished fragments. \`{% output customers separated by ',\\n ' %}\`, \`{{ customers | join(',') }}\` and a loop
insert them as they are; \`customers | length\` counts them, and \`(item | from_json).name\` looks into one. A customer whose template
fails is left out, the others go.
`;

function budgets(): string {
  const number = (value: number) => value.toLocaleString('en');
  const { customer, root } = LIMITS;
  return `## Budgets

A template cannot harm, however it is written: it reaches own data and the functions below, no more, and each render may use
up only so much. An ordinary template uses 2 to 50 steps, the Root of 1000 customers about 30,000.

| what | a customer | Root | why |
|---|---|---|---|
| steps: loop rounds, calls, filters, sizes of what they make | ${number(customer.steps)} | ${number(root.steps)} | some 0.1 s of one core a customer, 1 s for Root |
| time | ${number(customer.timeMs)} ms | ${number(root.timeMs)} ms | for what steps do not measure |
| characters of output | ${number(customer.output)} | ${number(root.output)} | more than any receiver takes |
| characters and eighths of list items made on the way | ${number(customer.allocation!)} | ${number(root.allocation!)} | memory of the process |

Whatever the budget: a source has at most ${number(SOURCE_LIMIT)} characters and ${SYNTAX_DEPTH} levels of nesting; values are printed and
compared ${VALUE_DEPTH} levels deep; macros call each other ${MACRO_DEPTH} deep; a range has ${number(RANGE_LIMIT)} numbers; a padded text
${number(WIDTH_LIMIT)} characters; an integer ${number(INTEGER_BITS)} bits.
`;
}

function section(title: string, kind: EntryKind, about: string, ours?: boolean): string {
  const entries = ENTRIES.filter((entry) => entry.kind === kind && (ours === undefined || entry.ours === ours));
  return [`## ${title}\n`, ...(about ? [`${about}\n`] : []), ...entries.map(entryText)].join('\n');
}

/** Short examples stand on one line; those with line breaks, or nothing to see, get lines of their own. */
function exampleText({ template, output }: Entry['example']): string {
  if (/[\n`]|^$|^\s|\s$/.test(output) || /[\n`]/.test(template))
    return `\`\`\`\n${template}\n\`\`\`\n\ngives\n\n\`\`\`\n${output}\n\`\`\``;
  return `\`${template}\` gives \`${output}\``;
}

function entryText({ kind, name, signature, doc, example }: Entry): string {
  const shown = kind === 'test' && /^\w/.test(name) ? `is ${signature}` : signature;
  return `### ${name}\n\n\`${shown}\`: ${doc}\n\n${exampleText(example)}\n`;
}

// npm run -s render: renders templates for scripts and CI. Reads JSON lines from standard input, one request each:
//   {source, context | context_json, root?, raw?, format?, parameters?}
// and writes one JSON line each: {output} or {error: {type, message, line, column}}.
//
//   context        values by name; context_json is the same as a JSON text, where 1.0 stays a float
//   context.__webhooks   responses of earlier webhooks, oldest first: becomes `webhook`
//   root           true when the source is the Root of a batch: context.customers are finished fragments
//   raw            true to write values as they are, as Jinja does
//   format         "json", "xml", "url", "header" or "text": how values are escaped unless raw; left out, a source that begins
//                  as JSON or XML does is escaped as such, and any other is text, which needs no escaping
//   parameters     values of [[ name ]], by name
import readline from 'node:readline';
import {
  type Context,
  compileTemplate,
  type Escape,
  readJson,
  render,
  renderRoot,
  TemplateError,
  webhookValue,
} from '../lib/template/index.ts';

const FORMATS: readonly string[] = ['json', 'xml', 'url', 'header', 'text'];

function fail(message: string): never {
  throw new TemplateError('InputError', message);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function escapeOf(source: string, raw: unknown, format: unknown): Escape {
  if (raw === true) return 'raw';
  if (raw !== undefined && raw !== null && raw !== false) return fail('raw must be true or false');
  if (typeof format === 'string' && FORMATS.includes(format)) return format as Escape;
  if (format !== undefined && format !== null) return fail(`format must be one of ${FORMATS.join(', ')}`);
  const start = source.trimStart();
  if (/^(?:\{(?![{%#])|\[)/.test(start)) return 'json';
  return start.startsWith('<') ? 'xml' : 'text';
}

function contextOf(request: Record<string, unknown>): Context {
  const given = typeof request.context_json === 'string' ? readJson(request.context_json) : (request.context ?? {});
  if (!isObject(given)) fail('context must be an object');
  const { __webhooks: responses, ...context } = given as Context;
  if (responses === undefined) return context;
  if (!Array.isArray(responses)) fail('context.__webhooks must be a list of responses');
  context.webhook = webhookValue(
    responses.map((data: unknown, i) => ({
      name: `webhook ${i + 1}`,
      data,
      isText: typeof data === 'string',
      statusCode: 200,
      success: true,
    })),
  );
  return context;
}

function parametersOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) fail('parameters must be an object');
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

function answer(line: string): { output: string } | { error: Record<string, unknown> } {
  try {
    const request: unknown = JSON.parse(line);
    if (!isObject(request) || typeof request.source !== 'string') fail('each line must be an object with a source');
    const { source, root, raw, format, parameters } = request;
    const template = compileTemplate(source, {
      name: root === true ? 'Root' : 'Template',
      escape: escapeOf(source, raw, format),
      ...(parametersOf(parameters) && { parameters: parametersOf(parameters)! }),
    });
    const context = contextOf(request);
    if (root !== true) return { output: render(template, context) };
    const { customers = [], ...rest } = context;
    if (!Array.isArray(customers)) fail('context.customers must be a list of texts');
    return { output: renderRoot(template, rest, customers.map(String)).join('') };
  } catch (error) {
    if (error instanceof TemplateError)
      return { error: { type: error.type, message: error.message, line: error.line, column: error.column } };
    if (error instanceof SyntaxError)
      return { error: { type: 'InputError', message: `not JSON: ${error.message}`, line: 0, column: 0 } };
    throw error;
  }
}

for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }))
  if (line.trim() !== '') process.stdout.write(`${JSON.stringify(answer(line))}\n`);

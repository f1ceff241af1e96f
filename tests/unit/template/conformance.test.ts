import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Context, compileTemplate, readJson, render, TemplateError, webhookValue } from '@/lib/template';

// What Jinja2 3.1.6 gives for thousands of templates, recorded from Jinja2 itself. A case is a template and what it renders
// to, or the error it raises; contexts are read exactly, because JSON.parse would turn 1.0 into 1.
const FIXTURES = path.join(import.meta.dirname, '../../fixtures/jinja');
const read = (name: string): string => fs.readFileSync(path.join(FIXTURES, name), 'utf8');

interface CorpusCase {
  id: string;
  group: string;
  template: string;
  context?: unknown;
  context_json?: string;
  expected?: string;
  error?: { type: string; message: string; lineno: number };
}
interface ExpectedError {
  type: string;
  message?: string;
  line?: number;
}

function contextOf({ context, context_json }: CorpusCase): Context {
  const { __webhooks: responses, ...rest } = readJson(context_json ?? JSON.stringify(context ?? {})) as Context;
  if (!Array.isArray(responses)) return rest;
  const webhook = webhookValue(
    responses.map((data: unknown) => ({ name: '', data, isText: false, statusCode: 200, success: true })),
  );
  return { ...rest, webhook };
}

function attempt(template: string, context: Context): string | TemplateError {
  try {
    return render(compileTemplate(template, { name: 'Case', escape: 'raw' }), context);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

const corpus = JSON.parse(read('corpus.json')) as CorpusCase[];
const groups = [...new Set(corpus.map(({ group }) => group))];

describe('the corpus', () => {
  it.each(groups)('agrees with Jinja2: %s', (group) => {
    for (const one of corpus.filter((each) => each.group === group)) {
      const result = attempt(one.template, contextOf(one));
      if (!one.error) expect(result, one.template).toBe(one.expected);
      else
        expect(result instanceof TemplateError && [result.type, result.line], one.template).toEqual([
          one.error.type,
          one.error.lineno,
        ]);
    }
  });

  it('words at least 97 of 100 errors as Python does', () => {
    const errors = corpus.filter(({ error }) => error);
    const alike = errors.filter((one) => {
      const result = attempt(one.template, contextOf(one));
      return result instanceof TemplateError && result.message === one.error!.message;
    });
    expect(alike.length / errors.length).toBeGreaterThanOrEqual(0.97);
  });
});

type Line = [template: string, expected: string | ExpectedError];
const lines = (name: string): Line[] =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

function check(line: Line, context: string): void {
  const [template, expected] = line;
  const result = attempt(template, readJson(context) as Context);
  if (typeof expected === 'string') return expect(result, template).toBe(expected);
  expect(result, template).toBeInstanceOf(TemplateError);
  const { type, message, line: at } = result as TemplateError;
  expect(
    {
      type,
      ...(expected.message !== undefined && { message }),
      ...(expected.line !== undefined && { line: at }),
    },
    template,
  ).toEqual(expected);
}

describe('further cases of the same groups', () => {
  const context = read('context.json');
  const files = fs.readdirSync(path.join(FIXTURES, 'cases'));

  it.each(files.map((file) => file.replace('.jsonl', '')))('agree with Jinja2: %s', (group) => {
    for (const line of lines(`cases/${group}.jsonl`)) check(line, context);
  });

  it('are more than thirteen thousand', () => {
    expect(files.flatMap((file) => lines(`cases/${file}`)).length).toBeGreaterThan(13_000);
  });
});

describe('random templates', () => {
  it('agree with Jinja2', () => {
    const context = read('random-context.json');
    for (const line of lines('random.jsonl')) check(line, context);
  });
});

// node bench/template.ts [--quick]
// What rendering costs, side by side with other engines in one run: CPU milliseconds for 1000 customers (the machine may be
// shared, so wall time says little), medians over many samples. Compiling is measured on texts that were never seen before.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Template as HuggingFace } from '@huggingface/jinja';
import { Liquid } from 'liquidjs';
import { Environment as MiniJinja } from 'minijinja-js';
import nunjucks from 'nunjucks';
import { compileTemplate, type Escape, LIMITS, render, renderEachToBytes, renderRoot } from '../lib/template/index.ts';
import { compileFresh } from '../lib/template/template.ts';
import { customersOf, plainA, TEMPLATE_A, TEMPLATE_B } from './template-cases.ts';

const QUICK = process.argv.includes('--quick');
const SAMPLES = QUICK ? 7 : 31;
const COUNT = 1000;
const contexts = customersOf(COUNT);

/** CPU milliseconds of this process. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Figure {
  median: number;
  min: number;
}

function measure(work: () => unknown, samples = SAMPLES): Figure {
  for (let i = 0; i < (QUICK ? 5 : 20); i++) work();
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    const start = cpu();
    // Three times a sample: the clock of CPU time has ticks.
    for (let k = 0; k < 3; k++) work();
    times.push((cpu() - start) / 3);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, min: times[0]! };
}

const bytes = (texts: string[]): Uint8Array[] => {
  const encoder = new TextEncoder();
  return texts.map((text) => encoder.encode(text));
};

interface Engine {
  name: string;
  compile: (source: string) => (context: { customer: Record<string, unknown> }) => string;
}

const jinja = new MiniJinja();
let serial = 0;

const ENGINES: Engine[] = [
  {
    name: 'Hookline, raw',
    compile: (source) => {
      const template = compileFresh(source, { name: 'Customer', escape: 'raw' }, false);
      return (context) => render(template, context);
    },
  },
  {
    name: 'Hookline, JSON-escaped',
    compile: (source) => {
      const template = compileFresh(source, { name: 'Customer', escape: 'json' }, false);
      return (context) => render(template, context);
    },
  },
  {
    name: 'nunjucks (compiled to JavaScript)',
    compile: (source) => {
      const environment = new nunjucks.Environment(null, { autoescape: false });
      environment.addFilter('tojson', (value: unknown) => JSON.stringify(value));
      const template = new nunjucks.Template(source, environment, 'x', true);
      return (context) => template.render(context);
    },
  },
  {
    name: '@huggingface/jinja',
    compile: (source) => {
      const template = new HuggingFace(source);
      return (context) => template.render(context);
    },
  },
  {
    name: 'minijinja-js (WebAssembly)',
    compile: (source) => {
      const name = `t${serial++}`;
      jinja.addTemplate(name, source);
      return (context) => jinja.renderTemplate(name, context);
    },
  },
  {
    name: 'LiquidJS',
    compile: (source) => {
      const engine = new Liquid();
      const template = engine.parse(liquid(source));
      return (context) => engine.renderSync(template, context) as string;
    },
  },
];

/** The same template in Liquid's words. */
const liquid = (source: string): string =>
  source
    .replace(/\| lower/g, '| downcase')
    .replace(/\| upper/g, '| upcase')
    .replaceAll('elif', 'elsif');

const show = ({ median, min }: Figure): string => `${median.toFixed(2)} [${min.toFixed(2)}]`;

function row(name: string, figures: (Figure | string)[]): void {
  console.log(
    `| ${[name, ...figures.map((figure) => (typeof figure === 'string' ? figure : show(figure)))].join(' | ')} |`,
  );
}

/** Milliseconds to compile a text that no cache knows. */
function compileTime(engine: Engine): Figure {
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sources = Array.from({ length: 40 }, () => `${TEMPLATE_A}\n${serial++}`);
    const start = cpu();
    for (const source of sources) engine.compile(source);
    times.push((cpu() - start) / 40);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, min: times[0]! };
}

/** A figure, or why there is none: not every engine has the filters of template B. */
function attempt(work: () => Figure): Figure | string {
  try {
    return work();
  } catch (error) {
    return `– (${(error as Error).message.split('\n')[0]!.slice(0, 40)})`;
  }
}

function python(): string | null {
  const program = `
import json, sys, time
try:
    import jinja2
except ImportError:
    sys.exit(3)
data = json.load(sys.stdin)
env = jinja2.Environment()
out = []
for source in (data["a"], data["b"]):
    template = env.from_string(source)
    times = []
    for _ in range(7):
        start = time.process_time()
        for context in data["contexts"]:
            template.render(context)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    out.append("%.2f [%.2f]" % (times[3], times[0]))
print("| Jinja2 %s, Python %s | %s | – | %s | – |" % (jinja2.__version__, sys.version.split()[0], out[0], out[1]))
`;
  const result = spawnSync('python3', ['-c', program], {
    input: JSON.stringify({ a: TEMPLATE_A, b: TEMPLATE_B, contexts }),
    encoding: 'utf8',
  });
  return result.status === 0 ? result.stdout.trim() : null;
}

console.log(
  `${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, Node ${process.version}; CPU ms for ${COUNT} customers, median [min] of ${SAMPLES}\n`,
);
console.log('| engine | A | A to bytes | B | compile A |');
console.log('|---|---|---|---|---|');
row('plain function', [measure(() => contexts.map(plainA)), measure(() => bytes(contexts.map(plainA))), '–', '–']);
for (const engine of ENGINES) {
  const a = engine.compile(TEMPLATE_A);
  const slow = SAMPLES > 7 && !engine.name.includes('Hookline') && !engine.name.includes('nunjucks') ? 9 : SAMPLES;
  row(engine.name, [
    attempt(() => measure(() => contexts.map(a), slow)),
    attempt(() => measure(() => bytes(contexts.map(a)), slow)),
    attempt(() => {
      const b = engine.compile(TEMPLATE_B);
      return measure(() => contexts.map(b), slow);
    }),
    attempt(() => compileTime(engine)),
  ]);
}
console.log(python() ?? '| Jinja2 | not installed | – | – | – |');

const template = compileTemplate(TEMPLATE_A, { name: 'Customer', escape: 'json' as Escape });
const root = compileTemplate('[{% output customers separated by "," %}]', { name: 'Root', escape: 'json' });
const parts = contexts.map((context) => render(template, context));
const joined = compileTemplate('[{{ customers | join(",") }}]', { name: 'Root', escape: 'json' });
console.log('\n| what else | ms |\n|---|---|');
row('renderEachToBytes, A, JSON-escaped', [measure(() => renderEachToBytes(template, contexts))]);
row('A and Root to bytes, in chunks', [
  measure(() =>
    bytes(
      renderRoot(
        root,
        {},
        contexts.map((context) => render(template, context)),
      ),
    ),
  ),
]);
row('Root alone, output tag, to bytes', [measure(() => bytes(renderRoot(root, {}, parts)))]);
row('Root alone, join, to bytes', [measure(() => bytes(renderRoot(joined, {}, parts)))]);
const loop = compileTemplate('{% for i in range(10000) %}{{ i }}{% endfor %}', { name: 'Loop', escape: 'raw' });
row('10,000 loop steps', [measure(() => render(loop, {}, LIMITS.root))]);

type Door = typeof import('../lib/template/template.ts') & typeof import('../lib/template/index.ts');

/** A copy of the engine that has run nothing yet, with its accounting or with charges that do nothing. */
async function copy(metered: boolean): Promise<Door> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hookline-engine-'));
  fs.cpSync(path.join(import.meta.dirname, '../lib/template'), directory, { recursive: true });
  const file = path.join(directory, 'budget.ts');
  const source = fs.readFileSync(file, 'utf8');
  const free = source.replace(/(export function charge\w*\([^)]*\): void \{)[\s\S]*?\n\}/g, '$1}');
  if (free === source) throw new Error('budget.ts no longer looks as it did: nothing was taken out');
  if (!metered) fs.writeFileSync(file, free);
  const door = (name: string) => import(path.join(directory, name)) as Promise<never>;
  return Object.assign({}, await door('template.ts'), await door('index.ts'));
}

/** What the accounting costs, in per cent: both engines in turns, so that what the machine does besides meets both. */
async function budgetCost(source: string): Promise<string> {
  const engines = [await copy(true), await copy(false)];
  const sides = engines.map((engine) => {
    const template = engine.compileFresh(source, { name: 'Customer', escape: 'raw' }, false);
    return () => contexts.map((context) => engine.render(template, context));
  });
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < SAMPLES * 4; round++)
    sides.forEach((work, side) => {
      const start = cpu();
      for (let k = 0; k < 3; k++) work();
      if (round > 20) times[side as 0 | 1].push(cpu() - start);
    });
  const [with_, without] = times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 4)]!) as [
    number,
    number,
  ];
  return `${((with_ / without - 1) * 100).toFixed(1)} %`;
}

row('the budget’s share of A', [await budgetCost(TEMPLATE_A)]);
row('the budget’s share of B', [await budgetCost(TEMPLATE_B)]);

// node bench/editor.ts: how long the webhook's editor takes from the double click until one can type, and how even the frames
// are while somebody types into a template of 200 kB, in Chromium on a production build.   --rounds N   --keys N   --json
// It starts the application, or measures the one of HOOKLINE_E2E where there is one.
import os from 'node:os';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from '@playwright/test';
import startApplication, { application, signIn } from '../tests/support/app.ts';
import { findBrowser } from '../tools/browser.ts';
import { scenario } from './job.ts';
import { median } from './processes.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    keys: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(options.rounds);
const KEYS = Number(options.keys);
const LONG = 200_000;
/** Between two keys: a fast typist. */
const KEY_MS = 60;

/** JSON of about `length` characters with an expression in every line, as long templates are. */
function longTemplate(length: number): string {
  const line = (i: number) => `  "field_${i}": "{{ customer.first_name | default('there') }}, {{ customer.points }}"`;
  const lines = [];
  for (let i = 0, size = 4; size < length; i++) size += lines[lines.push(line(i)) - 1]!.length + 2;
  return `{\n${lines.join(',\n')}\n}`;
}

/** A draft of the demo project; its page. */
async function newDraft(projectId: string, payload: string): Promise<string> {
  const { prisma } = await import('../lib/db/index.ts');
  const draft = scenario(`${application().rehearsalUrl}/t/editor`, '', 1);
  for (const { kind, settings } of draft.nodes) if (kind === 'webhook') settings.payload = payload;
  const name = `Editor ${payload.length}`;
  const { id } = await prisma().scenario.create({ data: { projectId, name, draft: draft as object } });
  return `${application().url}/p/${projectId}/campaigns/scenarios/${id}`;
}

const webhookOf = (page: Page) => page.locator('.react-flow__node[aria-label^="Webhook"]');

/** Milliseconds from the double click until the payload is painted and takes a key. */
async function open(page: Page): Promise<number> {
  await page.evaluate(() => {
    const state = window as unknown as { openedIn: Promise<number> };
    state.openedIn = new Promise((resolve) => {
      const begin = () => {
        const started = performance.now();
        const look = () => {
          const editor = (window as { __hooklineEditors?: Record<string, { focus(): void; hasTextFocus(): boolean }> })
            .__hooklineEditors?.Payload;
          const line = document.querySelector('[role="dialog"] .view-line');
          if (editor && line?.textContent) editor.focus();
          if (!line?.textContent || !editor?.hasTextFocus()) return void requestAnimationFrame(look);
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
        };
        look();
      };
      document.addEventListener('dblclick', begin, { capture: true, once: true });
    });
  });
  await webhookOf(page).dblclick();
  return page.evaluate(() => (window as unknown as { openedIn: Promise<number> }).openedIn);
}

interface Opening {
  /** As soon as the canvas shows the node, in a browser that has nothing in its cache. */
  atOnce: number;
  /** After two quiet seconds on the page. */
  later: number;
  /** Closed and opened again. */
  again: number;
}

async function opening(browser: Browser, url: string): Promise<Opening> {
  const times: number[] = [];
  for (const quiet of [0, 2000]) {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await signIn(page);
    await page.goto(url);
    await webhookOf(page).waitFor();
    await page.waitForTimeout(quiet);
    times.push(await open(page));
    if (quiet > 0) {
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      times.push(await open(page));
    }
    await page.context().close();
  }
  return { atOnce: times[0]!, later: times[1]!, again: times[2]! };
}

interface Typing {
  frameMedian: number;
  frame95: number;
  frameMax: number;
  /** Share of the frames that took longer than one and a half of 1/60 s. */
  late: number;
  /** From a key to the next painted frame: at least 8 ms by the browser's own resolution. */
  keyMedian: number;
  key95: number;
}

async function typing(browser: Browser, url: string): Promise<Typing> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(page);
  await page.goto(url);
  await webhookOf(page).waitFor();
  await open(page);
  await page.evaluate(() => {
    type Editors = Record<string, { setPosition(at: object): void; revealLineInCenter(line: number): void }>;
    const editor = (window as unknown as { __hooklineEditors: Editors }).__hooklineEditors.Payload!;
    editor.setPosition({ lineNumber: 1000, column: 20 });
    editor.revealLineInCenter(1000);
  });
  await page.waitForTimeout(2000);
  await page.evaluate(() => {
    const seen = { frames: [] as number[], keys: [] as number[], isOver: false };
    (window as unknown as { seen: typeof seen }).seen = seen;
    let last = performance.now();
    const frame = (now: number) => {
      seen.frames.push(now - last);
      last = now;
      if (!seen.isOver) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === 'keydown') seen.keys.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
  // Pauses now and then, when saving, judging and the preview catch up.
  for (let i = 1; i <= KEYS; i++) {
    await page.keyboard.press(i % 12 ? 'abcdefgh'[i % 8]! : 'Space');
    await page.waitForTimeout(i % 40 ? KEY_MS : 800);
  }
  const seen = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: { frames: number[]; keys: number[]; isOver: boolean } };
    seen.isOver = true;
    return seen;
  });
  await page.context().close();
  // Faster keys are not reported one by one: they count as one frame.
  const keys = [...seen.keys, ...Array<number>(Math.max(0, KEYS - seen.keys.length)).fill(16)];
  return {
    frameMedian: median(seen.frames),
    frame95: share(seen.frames, 0.95),
    frameMax: Math.max(...seen.frames),
    late: seen.frames.filter((ms) => ms > 25).length / seen.frames.length,
    keyMedian: median(keys),
    key95: share(keys, 0.95),
  };
}

const share = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

/** The median of each figure. */
const medians = <Figures extends object>(rounds: Figures[]) =>
  Object.fromEntries(
    (Object.keys(rounds[0]!) as (keyof Figures)[]).map((key) => [
      key,
      Number(median(rounds.map((round) => Number(round[key]))).toPrecision(3)),
    ]),
  );

const stop = process.env.HOOKLINE_E2E ? null : await startApplication();
const browser = await chromium.launch(await findBrowser());
try {
  const first = await browser.newPage();
  const project = await signIn(first);
  await first.close();
  const [short, long] = [await newDraft(project, longTemplate(600)), await newDraft(project, longTemplate(LONG))];
  const [openings, openingsLong, typings]: [Opening[], Opening[], Typing[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    openings.push(await opening(browser, short));
    openingsLong.push(await opening(browser, long));
    typings.push(await typing(browser, long));
  }
  const figures = {
    rounds: ROUNDS,
    open: medians(openings),
    openLong: medians(openingsLong),
    typing: medians(typings),
    load: os.loadavg()[0]!.toFixed(1),
    cpus: os.cpus().length,
  };
  if (options.json) console.log(JSON.stringify(figures));
  else console.dir(figures);
} finally {
  await browser.close();
  await stop?.();
  const { closeDb } = await import('../lib/db/index.ts');
  await closeDb();
}

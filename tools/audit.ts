// `npm run audit`: published holes in what production runs. Asks the registry (npm audit) and, because not every registry
// knows advisories, holds the lock file to a list of floors as well. Ends with status 1 on a hole that nobody has accepted.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROOT } from './stack.ts';

/** Below these versions there are published holes that reach us. Raise a floor, never lower it. */
export const FLOORS: Record<string, [version: string, why: string]> = {
  next: ['16.2.6', 'CVE-2025-29927, CVE-2025-55182 and the set of May 2026 (CVE-2026-44578, -44575, -45109)'],
  react: ['19.2.4', 'CVE-2025-55182, -55183, -55184, -67779 in the Flight protocol; CVE-2026-23870'],
  'react-dom': ['19.2.4', 'goes with react'],
  undici: ['7.24.0', 'CVE-2026-22036 decompression chain, CVE-2026-1525 duplicate Content-Length'],
  'next-auth': ['4.24.12', 'CVE-2022-35924, -31127, -31093; the address parsing of its mailer'],
};

/** A hole that does not reach us, or that we live with until a day. */
export interface Exception {
  package: string;
  /** GHSA-… */
  advisory: string;
  reason: string;
  /** The last day on which it counts, as 2026-12-31. */
  until: string;
}

export const EXCEPTIONS: readonly Exception[] = [];

/** The parts of the report of `npm audit --json` (version 2) that matter here. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          // The name of another package, which has the hole and an entry of its own.
          z.string(),
          z.object({ name: z.string(), title: z.string(), url: z.string(), severity: z.string(), range: z.string() }),
        ]),
      ),
    }),
  ),
});

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean }>;
}

export interface Verdict {
  failed: boolean;
  /** What to print, a fact a line. */
  lines: string[];
}

/**
 * Judges a report of `npm audit --omit=dev --json` and a lock file. A report without advisories (the registry does not have
 * them, or could not be asked) is said plainly, and the floors alone decide.
 * @param output what npm wrote to standard output
 * @param today as 2026-12-31
 */
export function judge(output: string, lock: Lock, exceptions: readonly Exception[], today: string): Verdict {
  const floors = belowFloors(lock);
  const report = reportOf(output);
  if (!report.ok)
    return {
      failed: floors.length > 0,
      lines: [`registry gives no advisories: checked against the floor list only (${report.reason})`, ...floors],
    };
  const holes = holesOf(report.value);
  const accepted = (hole: Hole) =>
    exceptions.find((one) => one.package === hole.name && one.advisory === hole.advisory);
  const open = holes.filter((hole) => !((accepted(hole)?.until ?? '') >= today));
  const lines = open.map((hole) => {
    const ended = accepted(hole);
    return `${hole.name} ${hole.range}: ${hole.title} (${hole.severity}, ${hole.advisory})${ended ? `; its exception ended on ${ended.until}` : ''}`;
  });
  const living = holes.filter((hole) => !open.includes(hole));
  return {
    failed: open.length + floors.length > 0,
    lines: [
      `registry answered: ${open.length} of ${holes.length} high or critical advisories of production packages are open`,
      ...lines,
      ...living.map(
        (hole) => `accepted until ${accepted(hole)!.until}: ${hole.name} ${hole.advisory}, ${accepted(hole)!.reason}`,
      ),
      ...floors,
    ],
  };
}

interface Hole {
  name: string;
  range: string;
  title: string;
  severity: string;
  advisory: string;
}

function holesOf({ vulnerabilities }: z.infer<typeof Report>): Hole[] {
  const holes = new Map<string, Hole>();
  for (const via of Object.values(vulnerabilities).flatMap((one) => one.via)) {
    if (typeof via === 'string' || !['high', 'critical'].includes(via.severity)) continue;
    const { name, range, title, severity, url } = via;
    const advisory = /GHSA(-\w{4}){3}/.exec(url)?.[0] ?? url;
    holes.set(`${name} ${advisory}`, { name, range, title, severity, advisory });
  }
  return [...holes.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function reportOf(output: string): { ok: true; value: z.infer<typeof Report> } | { ok: false; reason: string } {
  const json = parsed(output);
  const report = Report.safeParse(json);
  if (report.success) return { ok: true, value: report.data };
  const told = z
    .object({ message: z.string() })
    .or(z.object({ error: z.object({ summary: z.string() }) }))
    .safeParse(json);
  if (!told.success) return { ok: false, reason: 'its answer is not a report' };
  const words = 'message' in told.data ? told.data.message : told.data.error.summary;
  // Without the address that was asked.
  return { ok: false, reason: words.replace(/ - \w+ https?:\S+/, '').slice(0, 200) || 'it says no more' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A line for each installed package that is below its floor, or that should be there and is not. */
function belowFloors({ packages }: Lock): string[] {
  return Object.entries(FLOORS).flatMap(([name, [floor, why]]) => {
    const found = Object.entries(packages).filter(([place]) => place.endsWith(`node_modules/${name}`));
    if (found.length === 0) return [`${name} has a floor but is not installed: take it off the list`];
    return found
      .filter(([, { version }]) => !isAtLeast(version!, floor))
      .map(([, { version }]) => `${name} ${version} is below its floor ${floor}: ${why}`);
  });
}

const parts = (version: string) => version.split(/[.-]/).map(Number);

/** Whether a version is that of a floor or a later one, compared as numbers. */
export function isAtLeast(version: string, floor: string): boolean {
  const [own, least] = [parts(version), parts(floor)];
  for (let at = 0; at < 3; at++) if (own[at] !== least[at]) return own[at]! > least[at]!;
  return true;
}

if (process.argv[1] === import.meta.filename) {
  const asked = spawnSync(
    'npm',
    ['audit', '--omit=dev', '--json', '--package-lock-only', '--fetch-retries=0', '--fetch-timeout=20000'],
    { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
  );
  const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const today = new Date().toISOString().slice(0, 10);
  const { failed, lines } = judge(asked.stdout ?? '', lock, EXCEPTIONS, today);
  for (const line of lines) console.log(line);
  process.exitCode = failed ? 1 : 0;
}

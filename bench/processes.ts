// CPU seconds and memory of process trees, from /proc (Linux).
import fs from 'node:fs';

interface Stat {
  parent: number;
  cpu: number;
  rssMb: number;
}

const TICKS = 100;

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return {
    parent: fields[1]!,
    cpu: (fields[11]! + fields[12]! + fields[13]! + fields[14]!) / TICKS,
    rssMb: (fields[21]! * 4096) / 1e6,
  };
}

/** CPU seconds used so far by a process and all below it, reaped children included. */
export function cpuOfTree(root: number): number {
  const all = new Map<number, Stat>();
  for (const name of fs.readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) all.set(Number(name), stat);
  }
  const belongs = (pid: number): boolean => pid === root || (all.has(pid) && belongs(all.get(pid)!.parent));
  return [...all].filter(([pid]) => belongs(pid)).reduce((sum, [, stat]) => sum + stat.cpu, 0);
}

/** Resident memory of one process in megabytes; 0 when it is gone. */
export const memoryOf = (pid: number): number => statOf(pid)?.rssMb ?? 0;

/** Runs `work` while watching a peak of memory. @param look gives what is watched, in megabytes */
export async function peakMemory<T>(look: () => number, work: () => Promise<T>): Promise<{ value: T; peakMb: number }> {
  let peakMb = look();
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, look());
  }, 50);
  try {
    return { value: await work(), peakMb };
  } finally {
    clearInterval(timer);
  }
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

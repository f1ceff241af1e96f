import type { PreparedCustomer } from './contract';

/** Whose fragment stands at a place of a batch's body; null between fragments. */
export function customerAt(customers: readonly PreparedCustomer[], offset: number): number | null {
  let low = 0;
  let high = customers.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { start, end } = customers[middle]!;
    if (offset < start) high = middle - 1;
    else if (offset >= end) low = middle + 1;
    else return middle;
  }
  return null;
}

/**
 * The line of the Customer template that most likely made the text at an offset of a fragment: the template's lines are
 * followed by the plain text in them, so that lines which loops add or conditions drop do not shift what comes after.
 * @returns a line from 1
 */
export function templateLine(template: string, fragment: string, offset: number): number {
  const before = fragment.slice(0, offset).split('\n').length - 1;
  const rendered = fragment.split('\n')[before] ?? '';
  const lines = template.split('\n');
  const plain = lines.map((line) => pieces(line));
  const fits = (i: number) => plain[i]!.length > 0 && inOrder(rendered, plain[i]!);
  const expected = Math.min(before, lines.length - 1);
  for (let distance = 0; distance < lines.length; distance++) {
    for (const i of [expected + distance, expected - distance]) {
      if (i >= 0 && i < lines.length && fits(i)) return i + 1;
    }
  }
  return expected + 1;
}

/** The texts of a template's line between its tags. */
function pieces(line: string): string[] {
  return line
    .split(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\[\[.*?\]\]/)
    .map((piece) => piece.trim())
    .filter((piece) => /\w/.test(piece));
}

function inOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

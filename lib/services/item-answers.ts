import { InputFault } from './customer-input.ts';
import type { Written } from './customer-write.ts';

/** The answer to one item of many: each stands in its place, and a bad one does not hold up the others. */
export type ItemAnswer =
  | { ok: true; customer_id: string; created: boolean; note?: string }
  | { ok: false; error: string };

/** The items of one request: reads them, and collects what became of each. */
export class ItemAnswers<T> {
  /** What could be read, in order. */
  readonly taken: T[] = [];
  private readonly places: number[] = [];
  private readonly results: (ItemAnswer | null)[] = [];

  /** Reads every item; `readItem` refuses one by an InputFault, whose message is then its answer. */
  constructor(items: readonly unknown[], readItem: (item: unknown) => T) {
    items.forEach((item, index) => {
      try {
        this.taken.push(readItem(item));
        this.places.push(index);
        this.results.push(null);
      } catch (error) {
        if (!(error instanceof InputFault)) throw error;
        this.results.push({ ok: false, error: error.message });
      }
    });
  }

  /** Tells what the database made of the taken items; `refusedAs` leads the message of a refused one. */
  settle(written: readonly Written[], refusedAs = ''): void {
    written.forEach((answer, index) => {
      this.results[this.places[index]!] = answer.ok
        ? {
            ok: true,
            customer_id: String(answer.customerId),
            created: answer.created,
            ...(answer.left.length > 0
              ? { note: `${answer.left.join(', ')} belongs to another registered customer and stays there` }
              : {}),
          }
        : { ok: false, error: refusedAs + answer.message };
    });
  }

  /** @throws Error when an item has no answer: a fault of ours */
  summary(): { accepted: number; refused: number; results: ItemAnswer[] } {
    const results = this.results.map((result, index) => {
      if (!result) throw new Error(`The item at ${index} has no answer.`);
      return result;
    });
    const accepted = results.filter(({ ok }) => ok).length;
    return { accepted, refused: results.length - accepted, results };
  }
}

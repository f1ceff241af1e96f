/**
 * Turns: whose request goes next. Streams of requests take turns, a run each; a stream of weight n has n requests a turn.
 * Who has nothing ready is passed over and keeps its place, so nobody starves and no slot waits for anybody.
 */
export class Turns<Key> {
  private order: { key: Key; left: number }[] = [];
  private readonly weightOf: (key: Key) => number;

  constructor(weightOf: (key: Key) => number) {
    this.weightOf = weightOf;
  }

  add(key: Key): void {
    if (!this.order.some((turn) => turn.key === key)) this.order.push({ key, left: this.weightOf(key) });
  }

  remove(key: Key): void {
    this.order = this.order.filter((turn) => turn.key !== key);
  }

  /** What the first in order that has something gives; it has had one request of its turn then. */
  next<T>(give: (key: Key) => T | undefined): T | undefined {
    for (let i = 0; i < this.order.length; i++) {
      const turn = this.order[i]!;
      const given = give(turn.key);
      if (given === undefined) continue;
      // A weight that was lowered meanwhile ends the turn early.
      turn.left = Math.min(turn.left, this.weightOf(turn.key)) - 1;
      if (turn.left <= 0) {
        turn.left = this.weightOf(turn.key);
        this.order.splice(i, 1);
        this.order.push(turn);
      }
      return given;
    }
    return undefined;
  }
}

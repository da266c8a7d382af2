/**
 * Numbers for pairs of numbers: 0, 1, .. in the order in which they are first asked for. A chain of pairs, each the number of the
 * one before it with one number more, stands for a list; so what has been seen of millions of regions takes no object for any.
 */
import { GrowingInt32 } from "../lower/task-writer.js";

export class PairNumbers {
  private readonly firsts = new GrowingInt32();
  private readonly seconds = new GrowingInt32();
  /** Open addressing: one more than the number of the pair that is there, 0 where none is. At most half of it is taken. */
  private slots = new Int32Array(2048);

  get count(): number {
    return this.firsts.length;
  }

  of(first: number, second: number): number {
    const { slots } = this;
    const firsts = this.firsts.data;
    const seconds = this.seconds.data;
    const mask = slots.length - 1;
    let at = mixed(first, second) & mask;
    for (let taken = slots[at]!; taken !== 0; taken = slots[at]!) {
      if (firsts[taken - 1] === first && seconds[taken - 1] === second) return taken - 1;
      at = (at + 1) & mask;
    }
    this.firsts.push(first);
    this.seconds.push(second);
    slots[at] = this.count;
    if (2 * this.count >= slots.length) this.enlarge();
    return this.count - 1;
  }

  firstOf(number: number): number {
    return this.firsts.data[number]!;
  }

  secondOf(number: number): number {
    return this.seconds.data[number]!;
  }

  private enlarge(): void {
    const slots = new Int32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let at = mixed(this.firstOf(number), this.secondOf(number)) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = number + 1;
    }
    this.slots = slots;
  }
}

/** Murmur3's last step, over both. */
function mixed(first: number, second: number): number {
  let bits = Math.imul(first, 0x9e3779b1) ^ second;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

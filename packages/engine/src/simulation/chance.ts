import { type Random, seededRandom } from '@cassette/storage/testing';

/** Everything that a seed decides. */
export class Chance {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** A whole number from 0 up to but without `bound`. */
  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  /** True so often, 0 never and 1 always. */
  is(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** One of the names, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const names = Object.keys(weights) as K[];
    let at = this.random() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      at -= weights[name];
      if (at < 0) return name;
    }
    return names[names.length - 1];
  }

  /** Lets so many turns of the microtask queue pass as others may need: mostly few. */
  async turns(most = 4): Promise<void> {
    for (let turn = this.is(0.02) ? this.below(60) : this.below(most); turn >= 0; turn--) await null;
  }
}

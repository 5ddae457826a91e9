import type { KeyChoice } from './load-options.ts';

/** Spreads keys that follow each other over all of them: a prime greater than any number of keys. */
const spread = 2_654_435_761;

/**
 * Chooses keys for one of several writers, each of which has keys of its own: those that leave its number when divided by the number of
 * writers.
 */
export class KeyChooser {
  readonly #choice: KeyChoice;
  readonly #own: number;
  readonly #writer: number;
  readonly #writers: number;
  readonly #random: () => number;
  #next: number;

  /** `first`: where a series goes on, in keys of all writers. */
  constructor(choice: KeyChoice, keyCount: number, writer: number, writers: number, first: number, random: () => number) {
    this.#choice = choice;
    this.#own = Math.max(1, Math.ceil((keyCount - writer) / writers));
    this.#writer = writer;
    this.#writers = writers;
    this.#random = random;
    this.#next = Math.ceil(first / writers);
  }

  /** A key for a row that is written. */
  fresh(): number {
    return this.#choice === 'series' ? this.#key(this.#next++) : this.again();
  }

  /** A key for a row that may be there: of a series one of the last thousand. */
  again(): number {
    const random = this.#random();
    switch (this.#choice) {
      case 'series':
        return this.#key(Math.max(0, this.#next - 1 - Math.floor(random * 1000)));
      case 'uniform':
        return this.#key(Math.floor(random * this.#own));
      case 'zipf': {
        // The n-th of them about 1/n times as often as the first.
        const rank = Math.min(this.#own - 1, Math.floor((this.#own + 1) ** random) - 1);
        return this.#key((rank * spread) % this.#own);
      }
    }
  }

  #key(own: number): number {
    return own * this.#writers + this.#writer;
  }
}

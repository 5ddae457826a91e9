import fc from 'fast-check';

/** Random choices for one value of a fast-check arbitrary: imperative code reads better than chains of arbitraries here. */
export class Draw {
  readonly #generate: fc.GeneratorValue;

  constructor(generate: fc.GeneratorValue) {
    this.#generate = generate;
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return this.#generate(fc.integer, { min, max });
  }

  /** A whole number, both ends included; small ones, and those at the ends, come more often. */
  bigint(min: bigint, max: bigint): bigint {
    return this.#generate(fc.bigInt, { min, max });
  }

  /** True that many times of a hundred. */
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }

  /** At least `min` of them, in their order, each with equal chance. */
  some<T>(items: readonly T[], min = 0): T[] {
    const chosen = items.filter(() => this.chance(50));
    while (chosen.length < min) {
      const rest = items.filter((item) => !chosen.includes(item));
      chosen.push(this.pick(rest));
    }
    return items.filter((item) => chosen.includes(item));
  }

  /** What `make` gives, `min` to `max` times. */
  list<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.int(min, max) }, (_, index) => make(index));
  }
}

/** The arbitrary of what `make` draws. */
export function drawn<T>(make: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.gen().map((generate) => make(new Draw(generate)));
}

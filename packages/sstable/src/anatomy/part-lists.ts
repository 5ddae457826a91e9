import { CorruptionError } from '@cassette/bytes';
import { damage, type Part, type PartList, whyDamaged } from './part.ts';

/** Parts that are all there. */
export class HeldParts implements PartList {
  private readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.parts = parts;
  }

  get count(): number {
    return this.parts.length;
  }

  at(index: number): Part | null {
    return this.parts[index] ?? null;
  }

  indexOf(offset: number): number {
    return lastNotAfter(this.parts.length, (i) => this.parts[i].from, offset);
  }
}

/** Parts whose places are known without looking at those before. */
export class PlacedParts implements PartList {
  readonly count: number;
  private readonly placeOf: (index: number) => number;
  private readonly make: (from: number, to: number, index: number) => Part;

  /** `placeOf` gives the first byte of each, ascending, and for `count` the end of the last one. */
  constructor(count: number, placeOf: (index: number) => number, make: (from: number, to: number, index: number) => Part) {
    this.count = count;
    this.placeOf = placeOf;
    this.make = make;
  }

  at(index: number): Part | null {
    if (index < 0 || index >= this.count) return null;
    const from = this.placeOf(index);
    return made(this.make, from, this.placeOf(index + 1), index);
  }

  indexOf(offset: number): number {
    return lastNotAfter(this.count, this.placeOf, offset);
  }
}

/** Parts of one size, `size` bytes each; the last one may be shorter. */
export function evenParts(
  from: number,
  to: number,
  size: number,
  make: (from: number, to: number, index: number) => Part,
): PartList {
  return new PlacedParts(Math.ceil((to - from) / size), (i) => Math.min(from + i * size, to), make);
}

/** Of so many parts one place in memory. */
const STEP = 64;

/**
 * Parts each of which tells where the next one begins. They are gone through once, as far as somebody asked; of every 64th the place is
 * kept, so that any is found again in some steps. What can't be measured ends the list, as damage to the end.
 */
export class SteppedParts implements PartList {
  count = -1;
  private readonly to: number;
  private readonly measure: (position: number) => number;
  private readonly make: (from: number, to: number, index: number) => Part;
  private readonly places: number[];
  // Where the last search ended, and how long the part there is.
  private index = 0;
  private position: number;
  private end = -1;
  private damagedAt = -1;
  private why = '';

  /** Of the bytes `[from, to)`; `measure` gives the end of the part at a place, and throws CorruptionError where there can be none. */
  constructor(
    from: number,
    to: number,
    measure: (position: number) => number,
    make: (from: number, to: number, index: number) => Part,
  ) {
    this.to = to;
    this.measure = measure;
    this.make = make;
    this.places = [from];
    this.position = from;
    if (from >= to) this.count = 0;
  }

  at(index: number): Part | null {
    if (index < 0 || (this.count >= 0 && index >= this.count)) return null;
    const place = Math.min(Math.floor(index / STEP), this.places.length - 1);
    if (index < this.index || this.index < place * STEP) this.goTo(place * STEP, this.places[place]);
    while (this.index < index) if (!this.next()) return null;
    return this.current();
  }

  indexOf(offset: number): number {
    const place = lastNotAfter(this.places.length, (i) => this.places[i], offset);
    if (offset < this.position || this.position < this.places[place]) this.goTo(place * STEP, this.places[place]);
    while (this.endOfCurrent() <= offset) if (!this.next()) break;
    return this.index;
  }

  private goTo(index: number, position: number): void {
    this.index = index;
    this.position = position;
    this.end = -1;
  }

  private next(): boolean {
    const end = this.endOfCurrent();
    if (end >= this.to) {
      this.count = this.index + 1;
      return false;
    }
    this.goTo(this.index + 1, end);
    if (this.index === this.places.length * STEP) this.places.push(end);
    return true;
  }

  private endOfCurrent(): number {
    if (this.end < 0) this.end = this.position === this.damagedAt ? this.to : this.measured();
    if (this.end >= this.to) this.count = this.index + 1;
    return this.end;
  }

  private measured(): number {
    try {
      const end = this.measure(this.position);
      if (end > this.position && end <= this.to) return end;
      throw new CorruptionError(`what begins here can't end at ${end}`, 'the file', this.position);
    } catch (error) {
      this.why = whyDamaged(error);
      this.damagedAt = this.position;
      return this.to;
    }
  }

  private current(): Part {
    const end = this.endOfCurrent();
    if (this.position === this.damagedAt) return damage(this.position, this.to, this.why);
    return made(this.make, this.position, end, this.index);
  }
}

/** Some parts that are there, and behind them those of a list. */
export function partsBefore(first: readonly Part[], then: PartList): PartList {
  const behind = first.length === 0 ? -1 : first[first.length - 1].to;
  const head = new HeldParts(first);
  return {
    get count() {
      return then.count < 0 ? -1 : first.length + then.count;
    },
    at: (index) => (index < first.length ? head.at(index) : then.at(index - first.length)),
    indexOf: (offset) => (offset < behind ? head.indexOf(offset) : first.length + then.indexOf(offset)),
  };
}

function made(make: (from: number, to: number, index: number) => Part, from: number, to: number, index: number): Part {
  try {
    return make(from, to, index);
  } catch (error) {
    return damage(from, to, whyDamaged(error));
  }
}

// The last of `count` ascending places that is not behind the offset; 0 where all are.
function lastNotAfter(count: number, placeOf: (index: number) => number, offset: number): number {
  let low = 1;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placeOf(middle) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

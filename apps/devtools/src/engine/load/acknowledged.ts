// What was acknowledged, key by key: what a crash may not take.

/** Never written; below it, what nobody knows. */
const never = 0;

/**
 * The last acknowledged state of each key. Writes of one key must follow each other: each writer has keys of its own and waits for each call.
 * Versions are numbers from 1 on, each used once.
 */
export class Acknowledged {
  /** The version of a live row, its negative where the row was deleted, 0 for a key that was never written. */
  #state = new Int32Array(1024);
  /** Seconds since 1970 at which a row expires; 0 for never. */
  #expiry = new Uint32Array(1024);
  /** Keys of calls that failed: nobody knows what became of them. */
  readonly #unknown = new Set<number>();
  #size = 0;

  /** One more than the greatest key. */
  get size(): number {
    return this.#size;
  }

  /** A row with that version is there, until that second. */
  written(key: number, version: number, expiresAt = 0): void {
    this.#set(key, version, expiresAt);
  }

  /** The row is not there. */
  deleted(key: number, version: number): void {
    this.#set(key, -version, 0);
  }

  /** A call about that key failed. */
  unclear(key: number): void {
    this.#grow(key);
    this.#unknown.add(key);
  }

  /** Nothing was ever written. */
  clear(): void {
    this.#state = new Int32Array(1024);
    this.#expiry = new Uint32Array(1024);
    this.#unknown.clear();
    this.#size = 0;
  }

  /** What a read at that second must find of a key. */
  expected(key: number, atSecond: number): Expected {
    const state = key < this.#size ? this.#state[key] : never;
    if (state === never || this.#unknown.has(key)) return { kind: 'any' };
    if (state < 0) return { kind: 'none' };
    const expiry = this.#expiry[key];
    // About the time at which it expires it may be there or not.
    if (expiry !== 0 && atSecond > expiry - 3) return { kind: 'any' };
    return { kind: 'row', version: state };
  }

  #set(key: number, state: number, expiry: number): void {
    this.#grow(key);
    this.#state[key] = state;
    this.#expiry[key] = expiry;
    this.#unknown.delete(key);
  }

  #grow(key: number): void {
    if (key >= this.#state.length) {
      const length = Math.max(key + 1, this.#state.length * 2);
      const [state, expiry] = [new Int32Array(length), new Uint32Array(length)];
      state.set(this.#state);
      expiry.set(this.#expiry);
      this.#state = state;
      this.#expiry = expiry;
    }
    if (key >= this.#size) this.#size = key + 1;
  }
}

/** What a read must find of a key: that version, nothing, or whatever there is. */
export type Expected = { readonly kind: 'row'; readonly version: number } | { readonly kind: 'none' } | { readonly kind: 'any' };

/** What reading all of a table came to. */
export interface Comparison {
  /** Rows that were acknowledged and must be there. */
  readonly rows: number;
  /** Of these, those that are, in the version that was acknowledged last. */
  readonly there: number;
  /** Rows that are there in an older version, or with none. */
  readonly stale: number;
  /** Rows that were deleted, and deletions that do not hold. */
  readonly deleted: number;
  readonly risen: number;
}

/** Keys that are gone through at once: a few milliseconds. */
const stretch = 100_000;

/** What a key was found to be. */
const right = 1;
const wrong = 2;

/** Compares what is read with what was acknowledged. */
export class Comparing {
  readonly #acknowledged: Acknowledged;
  readonly #second: number;
  readonly #seen: Uint8Array;
  #there = 0;
  #stale = 0;
  #risen = 0;

  /** `second`: when the read begins, since 1970. */
  constructor(acknowledged: Acknowledged, second: number) {
    this.#acknowledged = acknowledged;
    this.#second = second;
    this.#seen = new Uint8Array(acknowledged.size);
  }

  /** A row that was found. */
  found(key: number, version: number | null): void {
    if (key >= this.#seen.length) return;
    const expected = this.#acknowledged.expected(key, this.#second);
    if (expected.kind === 'any' || this.#seen[key] !== 0) return;
    const isRight = expected.kind === 'row' && expected.version === version;
    this.#seen[key] = isRight ? right : wrong;
    if (isRight) this.#there++;
    else if (expected.kind === 'none') this.#risen++;
    else this.#stale++;
  }

  /** What was lost is told once: from now on nobody knows of those keys, until they are written again. `pause`: between stretches of keys. */
  async forget(pause: () => Promise<void>): Promise<void> {
    for (let key = 0; key < this.#seen.length; key++) {
      if (key % stretch === stretch - 1) await pause();
      const { kind } = this.#acknowledged.expected(key, this.#second);
      if (this.#seen[key] === wrong || (kind === 'row' && this.#seen[key] !== right)) this.#acknowledged.unclear(key);
    }
  }

  /** What it came to, when all was read. `pause`: between stretches of keys. */
  async end(pause: () => Promise<void>): Promise<Comparison> {
    let rows = 0;
    let deleted = 0;
    for (let key = 0; key < this.#seen.length; key++) {
      if (key % stretch === stretch - 1) await pause();
      const { kind } = this.#acknowledged.expected(key, this.#second);
      if (kind === 'row') rows++;
      else if (kind === 'none') deleted++;
    }
    return { rows, there: this.#there, stale: this.#stale, deleted, risen: this.#risen };
  }
}

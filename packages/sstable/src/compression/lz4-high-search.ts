// The search for matches of LZ4's slow kind: positions of every four bytes in chains by hash. It looks at what liblz4 1.10 looks at
// (LZ4HC_InsertAndGetWiderMatch, without dictionaries), in the same order, so that the same matches are found.
//
// A position is told as an index: from the block's start, plus BASE; index 0 is what an empty slot says.

import { matchEnd, read32, viewOf } from './source-view.ts';

const BASE = 65536;
const DISTANCE_MAX = 65535;
const MIN_MATCH = 4;
const HASH_BITS = 15;
/** A search for a better chain goes by larger steps after so many (a power of two) without one. */
const STEP_TRIGGER = 4;

const NOT_TESTED = 0;
const NO_RUN = 1;
const IS_RUN = 2;

/** What {@link Lz4HighSearch.find} found last. */
export interface Lz4Match {
  /** Bytes, from {@link back} on. */
  readonly length: number;
  /** How far back it lies; 0 where nothing longer was found. */
  readonly offset: number;
  /** How many of its bytes lie before the position that was searched for. */
  readonly back: number;
}

/** How much a search does. */
export interface Lz4SearchEffort {
  /** Candidates looked at for one position. */
  readonly attempts: number;
  /** Whether runs of one byte are gone through at once rather than one candidate after the other. */
  readonly runs: boolean;
  /** Whether to change to the chain of a later byte of the match where that one is shorter. */
  readonly swapsChains: boolean;
}

/** Finds matches within a block, whose positions it learns on the way: they must be asked for in ascending order. */
export class Lz4HighSearch implements Lz4Match {
  length = 0;
  offset = 0;
  back = 0;
  // The last index of each hash, and of each index how far before it the one of the same hash is; 65535 for too far.
  private readonly last = new Int32Array(1 << HASH_BITS);
  private readonly before = new Uint16Array(65536);
  private source: Uint8Array = new Uint8Array(0);
  private view: DataView = viewOf(this.source);
  private from = 0;
  private end = 0;
  private next = BASE;

  /** Begins with a block, of which no match goes past `end`. */
  start(source: Uint8Array, from: number, end: number): void {
    this.source = source;
    this.view = viewOf(source);
    this.from = from;
    this.end = end;
    this.next = BASE;
    this.last.fill(0);
  }

  /** Does not hold on to the block. */
  release(): void {
    this.source = new Uint8Array(0);
    this.view = viewOf(this.source);
  }

  /**
   * Looks for a match that has the byte at `ip` and more than `longest` bytes, and may begin before `ip` but not before `low`. Sets
   * `length` (that is `longest` where there is none), `offset` and `back`. With `swapsChains`, `low` is `ip`.
   */
  find(ip: number, low: number, longest: number, { attempts, runs, swapsChains }: Lz4SearchEffort): void {
    const { source, view, before, end } = this;
    const shift = this.from - BASE;
    const index = ip - shift;
    this.insertUpTo(index);
    this.length = longest;
    this.offset = 0;
    this.back = 0;
    const lowest = Math.max(BASE, index - DISTANCE_MAX);
    const lookBack = ip - low;
    const word = read32(view, ip);
    let candidate = this.last[hash(word)];
    let left = attempts;
    // The byte of the match whose chain is followed.
    let chainByte = 0;
    let run = NOT_TESTED;
    let runLength = 0;
    while (candidate >= lowest && left > 0) {
      left--;
      let length = 0;
      const match = candidate + shift;
      const probe = this.length - 1;
      // What is not the same at the end of the best one so far is not longer.
      if (
        source[low + probe] === source[match - lookBack + probe] &&
        source[low + probe + 1] === source[match - lookBack + probe + 1] &&
        read32(view, match) === word
      ) {
        const back = lookBack === 0 ? 0 : this.countBack(ip, match, low);
        length = matchEnd(view, ip + MIN_MATCH, match + MIN_MATCH, end) - ip + back;
        if (length > this.length) {
          this.length = length;
          this.offset = index - candidate;
          this.back = back;
        }
      }
      if (swapsChains && length === this.length && candidate + length <= index) {
        let distance = 1;
        let step = 1;
        let misses = 1 << STEP_TRIGGER;
        for (let byte = 0; byte < length - MIN_MATCH + 1; byte += step) {
          const jump = before[(candidate + byte) & 0xffff];
          step = misses++ >> STEP_TRIGGER;
          if (jump > distance) {
            distance = jump;
            chainByte = byte;
            misses = 1 << STEP_TRIGGER;
          }
        }
        if (distance > 1) {
          candidate -= distance;
          continue;
        }
      }
      if (runs && chainByte === 0 && before[candidate & 0xffff] === 1) {
        if (run === NOT_TESTED) {
          run = word === Math.imul(word & 0xff, 0x01010101) ? IS_RUN : NO_RUN;
          if (run === IS_RUN) runLength = this.runEnd(ip + MIN_MATCH, word & 0xff) - ip;
        }
        const one = candidate - 1;
        if (run === IS_RUN && one >= lowest && read32(view, one + shift) === word) {
          const place = one + shift;
          const forward = this.runEnd(place + MIN_MATCH, word & 0xff) - place;
          const backward = Math.min(this.runBefore(place, word & 0xff), one - lowest);
          const whole = forward + backward;
          if (whole >= runLength && forward <= runLength) {
            // Where the run of the same length ends, so that what follows may be the same too.
            candidate = one + forward - runLength;
          } else {
            candidate = one - backward;
            if (lookBack === 0) {
              const most = Math.min(whole, runLength);
              if (this.length < most) {
                if (index - candidate > DISTANCE_MAX) break;
                this.length = most;
                this.offset = index - candidate;
              }
              candidate -= before[candidate & 0xffff];
            }
          }
          continue;
        }
      }
      candidate -= before[(candidate + chainByte) & 0xffff];
    }
  }

  private insertUpTo(index: number): void {
    const { view, last, before } = this;
    const shift = this.from - BASE;
    let next = this.next;
    for (; next < index; next++) {
      const slot = hash(read32(view, next + shift));
      before[next & 0xffff] = Math.min(next - last[slot], DISTANCE_MAX);
      last[slot] = next;
    }
    this.next = next;
  }

  private countBack(ip: number, match: number, low: number): number {
    const { source } = this;
    const most = Math.min(ip - low, match - this.from);
    let count = 0;
    while (count < most && source[ip - count - 1] === source[match - count - 1]) count++;
    return count;
  }

  /** Where bytes stop being `byte`. */
  private runEnd(at: number, byte: number): number {
    const { source, end } = this;
    let i = at;
    while (i < end && source[i] === byte) i++;
    return i;
  }

  /** How many bytes before `at` are `byte`. */
  private runBefore(at: number, byte: number): number {
    const { source, from } = this;
    let i = at;
    while (i > from && source[i - 1] === byte) i--;
    return at - i;
  }
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
}

import { ByteReader } from '@cassette/bytes';
import { TrieWalker } from '../bti/trie-walker.ts';
import type { ByteSource } from '../io/byte-source.ts';

/** What damaged bytes may cost before it is a fault of ours. */
export interface Limits {
  /** Reads of sources, nodes of tries looked at, moves of windows. */
  readonly work: number;
  /** Bytes of one array. */
  readonly bytesAtOnce: number;
  /** Bytes of all arrays together. */
  readonly bytesInAll: number;
}

/** Counts what is done and what is allocated, and stops what goes beyond the limits; no clock is asked. */
export class Guard {
  work = 0;
  bytesAtOnce = 0;
  bytesInAll = 0;
  private limits: Limits = NO_LIMITS;
  private readonly undo: (() => void)[] = [];

  /** From now on arrays that are made, nodes of tries and windows count: until {@link remove}. */
  install(): void {
    for (const name of ARRAYS) this.watchArray(name);
    const count = () => this.count();
    this.before(TrieWalker.prototype, 'go', count);
    this.before(ByteReader.prototype, 'reset', count);
    const { from } = Array;
    const allocated = (bytes: number) => this.allocated(bytes);
    Array.from = function <T>(this: unknown, items: ArrayLike<T> | Iterable<T>, ...rest: unknown[]) {
      if (typeof items === 'object' && 'length' in items) allocated(8 * Number(items.length));
      return Reflect.apply(from, Array, [items, ...rest]);
    } as typeof Array.from;
    this.undo.push(() => {
      Array.from = from;
    });
  }

  remove(): void {
    for (const undo of this.undo.splice(0)) undo();
  }

  /** Begins to count anew. */
  begin(limits: Limits = NO_LIMITS): void {
    this.limits = limits;
    this.work = 0;
    this.bytesAtOnce = 0;
    this.bytesInAll = 0;
  }

  /** A file in memory whose reads count. */
  source(bytes: Uint8Array, name: string): ByteSource {
    return {
      name,
      size: bytes.length,
      read: (target, position) => {
        this.count();
        const count = Math.max(0, Math.min(target.length, bytes.length - position));
        target.set(bytes.subarray(position, position + count));
        return count;
      },
    };
  }

  /** One step of work. */
  count(): void {
    if (++this.work > this.limits.work) throw new BeyondLimit(`more than ${this.limits.work} steps of work`);
  }

  private allocated(bytes: number): void {
    this.bytesInAll += bytes;
    if (bytes > this.bytesAtOnce) this.bytesAtOnce = bytes;
    if (bytes > this.limits.bytesAtOnce) throw new BeyondLimit(`an array of ${bytes} bytes`);
    if (this.bytesInAll > this.limits.bytesInAll) throw new BeyondLimit(`${this.bytesInAll} bytes in all`);
  }

  private watchArray(name: (typeof ARRAYS)[number]): void {
    const real = globalThis[name];
    const { BYTES_PER_ELEMENT: width } = real;
    const allocated = (bytes: number) => this.allocated(bytes);
    const watched: typeof real = new Proxy(real, {
      construct(target, args, self): object {
        const [length] = args as unknown[];
        if (typeof length === 'number') allocated(length * width);
        return Reflect.construct(target, args, self === watched ? target : self);
      },
    });
    Object.defineProperty(globalThis, name, { value: watched, configurable: true, writable: true });
    this.undo.push(() => Object.defineProperty(globalThis, name, { value: real, configurable: true, writable: true }));
  }

  private before<K extends string>(prototype: Record<K, (...args: never[]) => void>, name: K, note: () => void): void {
    const real = prototype[name];
    prototype[name] = function (this: unknown, ...args: never[]) {
      note();
      return Reflect.apply(real, this, args);
    };
    this.undo.push(() => {
      prototype[name] = real;
    });
  }
}

/** Damage made us do more than it may. Not Cassette's own error, so that nothing takes it for a refusal. */
export class BeyondLimit extends Error {}

const ARRAYS = ['Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float64Array'] as const;
const NO_LIMITS: Limits = { work: Infinity, bytesAtOnce: Infinity, bytesInAll: Infinity };

import { ChunkedBytes } from '../memory/chunked-bytes.ts';
import { type Random, randomBelow, shuffle } from './random.ts';

/** A change to a file that no flush has covered. */
type PendingChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/**
 * How a crash treats what was not flushed.
 * - `lose`: nothing of it was written.
 * - `keep`: all of it was (a killed process; the system's cache survives).
 * - `prefix`: all up to some change, the last one torn.
 * - `chaos`: each change for itself lost, kept or torn, in any order.
 */
export type CrashTemper = 'lose' | 'keep' | 'prefix' | 'chaos';

const sectorSize = 512;

/** One file of the simulated disk: what readers see, what the disk surely holds, and what lies in between. */
export class SimulatedFile {
  /** What reads see. */
  readonly current: ChunkedBytes;
  /** Null while nothing is pending: it is the same. */
  #durable: ChunkedBytes | null = null;
  #pending: PendingChange[] = [];

  constructor(content = new ChunkedBytes()) {
    this.current = content;
  }

  /** Writes; not durable before `flush`. */
  write(bytes: Uint8Array, position: number): void {
    this.#change({ kind: 'write', position, bytes: bytes.slice() });
  }

  /** Cuts or grows; not durable before `flush`. */
  truncate(size: number): void {
    this.#change({ kind: 'truncate', size });
  }

  /** Makes the content durable. */
  flush(): void {
    this.#durable = null;
    this.#pending = [];
  }

  /** Whether anything is not durable. */
  get dirty(): boolean {
    return this.#pending.length > 0;
  }

  /** Flips bits in what readers see and in what is durable: the disk itself went bad. */
  corrupt(position: number, mask: number): void {
    for (const content of [this.current, this.#durable]) {
      if (content === null || position >= content.size) continue;
      const byte = new Uint8Array(1);
      content.read(byte, position);
      byte[0] ^= mask;
      content.write(byte, position);
    }
  }

  /** What the disk holds after a crash. */
  survivor(random: Random, temper: CrashTemper): ChunkedBytes {
    const content = (this.#durable ?? this.current).clone();
    if (this.#pending.length === 0) return content;
    if (temper === 'lose') return content;
    if (temper === 'keep') {
      for (const change of this.#pending) apply(content, change);
      return content;
    }
    if (temper === 'prefix') {
      const whole = randomBelow(random, this.#pending.length + 1);
      for (const change of this.#pending.slice(0, whole)) apply(content, change);
      const torn = this.#pending[whole];
      if (torn !== undefined) applyTorn(content, torn, random);
      return content;
    }
    const kept = this.#pending.filter(() => random() < 0.6);
    if (random() < 0.5) shuffle(random, kept);
    for (const change of kept) {
      if (random() < 0.5) apply(content, change);
      else applyTorn(content, change, random);
    }
    return content;
  }

  #change(change: PendingChange): void {
    this.#durable ??= this.current.clone();
    apply(this.current, change);
    this.#pending.push(change);
  }
}

function apply(content: ChunkedBytes, change: PendingChange): void {
  if (change.kind === 'write') content.write(change.bytes, change.position);
  else content.truncate(change.size);
}

/** Applies part of a change: a write up to some byte, or those of its sectors that chance picks; a truncate may stop on its way. */
function applyTorn(content: ChunkedBytes, change: PendingChange, random: Random): void {
  if (change.kind === 'truncate') {
    const way = change.size - content.size;
    content.truncate(content.size + Math.trunc(way * random()));
    return;
  }
  const { bytes, position } = change;
  if (random() < 0.5) {
    content.write(bytes.subarray(0, randomBelow(random, bytes.length + 1)), position);
    return;
  }
  const end = position + bytes.length;
  for (let from = position; from < end; ) {
    const to = Math.min(end, from - (from % sectorSize) + sectorSize);
    if (random() < 0.5) content.write(bytes.subarray(from - position, to - position), from);
    from = to;
  }
  // The size may have reached the disk before the sectors did: what is missing then reads as zeros.
  if (content.size < end && random() < 0.5) content.truncate(end);
}

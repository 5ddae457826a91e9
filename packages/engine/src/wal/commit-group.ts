import { ByteWriter } from '@cassette/bytes';
import type { Durability } from '../config/durability.ts';
import type { WalHost } from './wal-options.ts';
import { WalSegment } from './wal-segment.ts';

/** A write that waits for its group to be committed. */
interface Waiting {
  readonly isLogged: boolean;
  /** Its record in the batch; of one that is not logged, its mutations in the bytes beside it. */
  readonly from: number;
  readonly to: number;
  readonly payloadFrom: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes that are committed together: their bytes, their writers, and what these ask of the log. Used again for the next group. */
export class CommitGroup {
  private readonly batch = new ByteWriter(64 * 1024);
  /** Mutations that are not logged. */
  private readonly beside = new ByteWriter(1024);
  private waiting: Waiting[] = [];
  private all = 0;
  private logged = 0;
  private flushNow = false;
  private flushWithin = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** The write that came last, for {@link holds}; undefined where there is none. */
  get last(): object | undefined {
    return this.waiting.at(-1);
  }

  /** Whether a write that was its last one is still in it. */
  holds(write: object): boolean {
    return this.waiting.some((one) => one === write);
  }

  /** How many writes there are. */
  get writes(): number {
    return this.all;
  }

  /** How many of them go to the log. */
  get loggedWrites(): number {
    return this.logged;
  }

  /** Whether one of its writes goes to the log. */
  get isLogged(): boolean {
    return this.batch.length > 0;
  }

  /** Whether one of its writers asks for a flush before he is told. */
  get wantsFlush(): boolean {
    return this.flushNow;
  }

  /** The shortest time, in milliseconds, after which one of its writers asks for a flush. */
  get milliseconds(): number {
    return this.flushWithin;
  }

  get bytes(): number {
    return this.batch.length + this.beside.length;
  }

  /** Adds a write, or `writes` of them that are made together; settled by `finish` or `refuse`. */
  add(bytes: Uint8Array, durability: Durability, writes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const isLogged = durability.kind !== 'disabled';
      this.all += writes;
      if (isLogged) this.logged += writes;
      const target = isLogged ? this.batch : this.beside;
      const from = isLogged ? WalSegment.beginRecord(target) : target.length;
      const payloadFrom = target.length;
      target.bytes(bytes);
      this.waiting.push({ isLogged, from, to: target.length, payloadFrom, resolve, reject });
      if (durability.kind === 'sync-each-write') this.flushNow = true;
      if (durability.kind === 'periodic') this.flushWithin = Math.min(this.flushWithin, durability.milliseconds);
    });
  }

  /** Its records as `segment` takes them; a view. */
  sealed(segment: WalSegment, clock: number): Uint8Array {
    for (const { isLogged, from, to } of this.waiting) if (isLogged) segment.seal(this.batch, from, to, clock);
    return this.batch.written();
  }

  /** Lets its writes be seen and tells their writers. */
  finish(host: WalHost, segment: number): void {
    const { waiting, batch, beside, bytes, all } = this;
    this.waiting = [];
    for (const { isLogged, payloadFrom, to, resolve, reject } of waiting) {
      try {
        host.apply(isLogged ? batch.buffer : beside.buffer, payloadFrom, to, isLogged);
        resolve();
      } catch (error) {
        reject(error);
      }
    }
    this.clear();
    host.committed(all, bytes, segment);
  }

  /** Refuses those who asked for the log; the others never depended on it and are done. */
  refuse(error: unknown, host: WalHost, segment: number): void {
    const refused = this.waiting.filter(({ isLogged }) => isLogged);
    if (refused.length === 0) return;
    const { logged } = this;
    this.all -= logged;
    this.logged = 0;
    this.waiting = this.waiting.filter(({ isLogged }) => !isLogged);
    if (this.isEmpty) this.clear();
    else this.finish(host, segment);
    host.failed(logged, error);
    for (const { reject } of refused) reject(error);
  }

  private clear(): void {
    this.batch.clear();
    this.beside.clear();
    this.all = 0;
    this.logged = 0;
    this.flushNow = false;
    this.flushWithin = Number.POSITIVE_INFINITY;
  }
}

import type { Storage } from '@cassette/storage';
import type { DescribedStore } from '../catalog/index.ts';
import type { Durability } from '../config/durability.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { WalFlushError } from './wal-errors.ts';

/** What a log needs of its engine. */
export interface WalHost {
  /** The last timestamp issued, in microseconds: goes with every record. */
  lastTimestamp(): number;
  /** What describes the store, for who reads the log alone: another object whenever that changes. */
  description(): DescribedStore;
  /**
   * Takes mutations that are written, in the order of the log: now they may be seen. `bytes` are the log's own. `isLogged`: whether
   * the log has them, or was asked to leave them out.
   */
  apply(bytes: Uint8Array, from: number, to: number, isLogged: boolean): void;
  /** A group was written (and flushed, where that is asked for); its writers are told after this. */
  committed(writes: number, bytes: number, segment: number): void;
  /** A group was refused to its writers. */
  failed(writes: number, error: unknown): void;
  /** What was acknowledged under Periodic could not be made durable: only flushing the memtables still can. */
  inDoubt(error: WalFlushError): void;
  segmentCreated(segment: number): void;
  segmentRetired(segment: number): void;
}

/** What a log is opened with. */
export interface WalOptions {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  /** Of writes that say none. With Disabled there is no segment before a write asks for one. */
  readonly durability: Durability;
  readonly random: () => number;
  readonly host: WalHost;
  /** Number of the first segment to write. */
  readonly firstSegment: number;
  /** Takes the file of a segment that is not needed any more, of that many bytes; false where nobody wants it, and it goes. */
  readonly keep?: (number: number, size: number, physicalSize: number) => Promise<boolean>;
}

import type { Schema, TableMetadata } from '@cassette/cql';
import type { Storage } from '@cassette/storage';
import { tableKey } from '../catalog/store-catalog.ts';
import { segmentName, segmentNumber } from '../wal/wal-format.ts';

const PREFIX = 'cdc-';

/** The file that a WAL segment lies in after it was retired. */
export function retiredName(number: number): string {
  return `${PREFIX}${segmentName(number)}`;
}

function retiredNumber(file: string): number | null {
  return file.startsWith(PREFIX) ? segmentNumber(file.slice(PREFIX.length)) : null;
}

/**
 * The WAL segments that are kept after their mutations are in SSTables, for those who read changes: as files of another name, the oldest
 * going first where they are more than `totalSpace` bytes. What counts is the `cdc` that a table had when it was written to: segments are kept
 * that were written while a table had `cdc = true`, those too that hold nothing of it, and they stay when it has it no more. Cassandra: db.commitlog.CommitLogSegmentManagerCDC and its folder cdc_raw, with
 * cdc_block_writes off: nobody is kept from writing because nobody reads.
 *
 * Crash points: a segment that was not renamed yet is found under its old name, and is kept by the next start.
 */
export class ChangeLog {
  private readonly storage: Storage;
  private readonly totalSpace: number;
  private readonly schema: () => Schema;
  /** 12 hexadecimal digits that tell it from the logs of other stores, and of one of its name before it; null until it is opened. */
  id: string | null = null;
  /** By table id: the segments from which on its `cdc` was another, ascending. */
  readonly switches = new Map<string, readonly number[]>();
  private holds = 0;
  private waiting: (() => void)[] = [];
  /** What has files open, or moves them: a file is open but once, and open it can't be moved. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Bytes by segment number, ascending. */
  private readonly kept = new Map<number, number>();
  /** What these take where they lie. */
  private readonly physical = new Map<number, number>();

  constructor(storage: Storage, totalSpace: number, schema: () => Schema) {
    this.storage = storage;
    this.totalSpace = totalSpace;
    this.schema = schema;
  }

  /** Sizes of the segments that are kept, by number, ascending. */
  get segments(): ReadonlyMap<number, number> {
    return this.kept;
  }

  /** Bytes that all of them take where they lie. */
  get bytes(): number {
    let sum = 0;
    for (const size of this.physical.values()) sum += size;
    return sum;
  }

  /** Whether a table had `cdc = true` when a segment was written. */
  gaveChanges(table: TableMetadata, segment: number): boolean {
    return table.params.cdc === (this.switchesAfter(table, segment).length % 2 === 0);
  }

  /** Whether there are changes of a table, or will be: `oldest` is the oldest segment there is. */
  hasChanges(table: TableMetadata, oldest: number): boolean {
    return table.params.cdc || this.switchesAfter(table, oldest).length > 0;
  }

  /** The segments from which on the `cdc` of a table was another than in the segment before, as far as they are after `segment`. */
  switchesAfter(table: TableMetadata, segment: number): readonly number[] {
    return this.switches.get(tableKey(table))?.filter((from) => from > segment) ?? [];
  }

  /** Whether there may be changes of a table, now or later. */
  get isWanted(): boolean {
    return this.schema().tables.some((table) => this.hasChanges(table, -1));
  }

  /** Keeps readers from going on while a table's `cdc` changes, until what this returns is called. */
  hold(): () => void {
    this.holds++;
    return () => {
      this.holds--;
      if (this.holds > 0) return;
      const { waiting } = this;
      this.waiting = [];
      for (const go of waiting) go();
    };
  }

  /** Resolves when nobody keeps readers from going on. */
  async released(): Promise<void> {
    while (this.holds > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Runs what opens a file of the log, after whatever else does and before the next segment is kept. Rejects as `task` does. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    const done = this.turn.then(task);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private wantsSegment(segment: number): boolean {
    return this.schema().tables.some((table) => this.gaveChanges(table, segment));
  }

  /**
   * Finds at a start what earlier runs kept, of all `files`, and keeps of `litter` the segments that a crash kept from being kept. Returns
   * the litter that is left. Throws StorageError.
   */
  async recover(files: readonly string[], litter: readonly string[]): Promise<string[]> {
    const left: string[] = [];
    const found: [number, string][] = [];
    for (const file of litter) {
      const number = segmentNumber(file);
      if (number === null || !this.wantsSegment(number)) {
        left.push(file);
        continue;
      }
      await this.storage.rename(file, retiredName(number));
      found.push([number, retiredName(number)]);
    }
    for (const file of files) {
      const number = retiredNumber(file);
      if (number === null) continue;
      if (this.wantsSegment(number)) found.push([number, file]);
      else left.push(file);
    }
    found.sort(([a], [b]) => a - b);
    for (const [number, file] of found) {
      const opened = await this.storage.open(file);
      this.kept.set(number, opened.size);
      this.physical.set(number, opened.physicalSize ?? opened.size);
      opened.close();
    }
    await this.trim();
    return left;
  }

  /** Keeps a segment of that many bytes that is not needed any more, if somebody may want it; else it is the caller's to remove. Throws StorageError. */
  keep(number: number, size: number, physicalSize = size): Promise<boolean> {
    return this.alone(() => this.take(number, size, physicalSize));
  }

  private async take(number: number, size: number, physicalSize: number): Promise<boolean> {
    for (const one of [...this.kept.keys()]) if (!this.wantsSegment(one)) await this.drop(one);
    if (!this.wantsSegment(number)) return false;
    await this.storage.rename(segmentName(number), retiredName(number));
    this.kept.set(number, size);
    this.physical.set(number, physicalSize);
    await this.trim();
    return true;
  }

  private async trim(): Promise<void> {
    let { bytes } = this;
    for (const [number, size] of [...this.physical]) {
      if (bytes <= this.totalSpace) return;
      await this.drop(number);
      bytes -= size;
    }
  }

  private async drop(number: number): Promise<void> {
    await this.storage.remove(retiredName(number));
    this.kept.delete(number);
    this.physical.delete(number);
  }
}

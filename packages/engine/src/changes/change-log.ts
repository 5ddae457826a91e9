import type { Schema } from '@cassette/cql';
import type { Storage } from '@cassette/storage';
import { segmentName, segmentNumber } from '../wal/wal-format.ts';

const PREFIX = 'cdc-';

/** The file that a WAL segment lies in after it was retired. */
export function retiredName(number: number): string {
  return `${PREFIX}${segmentName(number)}`;
}

function retiredNumber(file: string): number | null {
  return file.startsWith(PREFIX) ? segmentNumber(file.slice(PREFIX.length)) : null;
}

/** Whether somebody may want to read changes: a table has `cdc = true`. */
export function wantsChanges({ tables }: Schema): boolean {
  return tables.some(({ params }) => params.cdc);
}

/**
 * The WAL segments that are kept after their mutations are in SSTables, for those who read changes: as files of another name, the oldest
 * going first where they are more than `totalSpace` bytes. Segments are kept while a table has `cdc = true`, those too that hold nothing of
 * it, so that a gap in their numbers is a loss. Cassandra: db.commitlog.CommitLogSegmentManagerCDC and its folder cdc_raw, with
 * cdc_block_writes off: nobody is kept from writing because nobody reads.
 *
 * Crash points: a segment that was not renamed yet is found under its old name, and is kept by the next start.
 */
export class ChangeLog {
  private readonly storage: Storage;
  private readonly totalSpace: number;
  private readonly schema: () => Schema;
  /** Bytes by segment number, ascending. */
  private readonly kept = new Map<number, number>();

  constructor(storage: Storage, totalSpace: number, schema: () => Schema) {
    this.storage = storage;
    this.totalSpace = totalSpace;
    this.schema = schema;
  }

  /** Sizes of the segments that are kept, by number, ascending. */
  get segments(): ReadonlyMap<number, number> {
    return this.kept;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    let sum = 0;
    for (const size of this.kept.values()) sum += size;
    return sum;
  }

  /**
   * Finds at a start what earlier runs kept, of all `files`, and keeps of `litter` the segments that a crash kept from being kept. Returns
   * the litter that is left. Throws StorageError.
   */
  async recover(files: readonly string[], litter: readonly string[]): Promise<string[]> {
    const kept = files.filter((file) => retiredNumber(file) !== null);
    if (!wantsChanges(this.schema())) return [...litter, ...kept];
    const left: string[] = [];
    const found: [number, string][] = kept.map((file) => [retiredNumber(file) as number, file]);
    for (const file of litter) {
      const number = segmentNumber(file);
      if (number === null) {
        left.push(file);
        continue;
      }
      await this.storage.rename(file, retiredName(number));
      found.push([number, retiredName(number)]);
    }
    found.sort(([a], [b]) => a - b);
    for (const [number, file] of found) {
      const opened = await this.storage.open(file);
      this.kept.set(number, opened.size);
      opened.close();
    }
    await this.trim();
    return left;
  }

  /** Keeps a segment of that many bytes that is not needed any more, if somebody may want it; else it is the caller's to remove. Throws StorageError. */
  async keep(number: number, size: number): Promise<boolean> {
    if (!wantsChanges(this.schema())) {
      for (const one of [...this.kept.keys()]) await this.drop(one);
      return false;
    }
    await this.storage.rename(segmentName(number), retiredName(number));
    this.kept.set(number, size);
    await this.trim();
    return true;
  }

  private async trim(): Promise<void> {
    let { bytes } = this;
    for (const [number, size] of [...this.kept]) {
      if (bytes <= this.totalSpace) return;
      await this.drop(number);
      bytes -= size;
    }
  }

  private async drop(number: number): Promise<void> {
    await this.storage.remove(retiredName(number));
    this.kept.delete(number);
  }
}

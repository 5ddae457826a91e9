import { highWord, lowWord } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import type { ModificationTarget, MutationCollector, RowWriter } from '../cql-to-mutation/index.ts';
import type { LiveRow, ReadSource } from '../select/index.ts';
import { RowLookup } from './row-lookup.ts';

/** Where the statements of one call leave their mutations. Rows are looked up only by the few statements that ask for some. */
export class WriteTarget implements ModificationTarget {
  readonly collector: MutationCollector;
  readonly writer: RowWriter;
  hi: number;
  lo: number;
  private readonly source: ReadSource;
  private readonly nowInSeconds: number;
  private lookup: RowLookup | null = null;

  /** `timestamp`: of statements that say none, in microseconds. Throws InvalidRequestError where it is none of 64 bits. */
  constructor(
    collector: MutationCollector,
    writer: RowWriter,
    source: ReadSource,
    timestamp: number | bigint,
    nowInSeconds: number,
  ) {
    this.collector = collector;
    this.writer = writer;
    this.source = source;
    this.nowInSeconds = nowInSeconds;
    if (typeof timestamp === 'bigint') {
      if (BigInt.asIntN(64, timestamp) !== timestamp) throw noTimestamp(timestamp);
      this.hi = highWord(timestamp);
      this.lo = lowWord(timestamp);
    } else {
      if (!Number.isSafeInteger(timestamp)) throw noTimestamp(timestamp);
      this.hi = Math.floor(timestamp / 0x100000000);
      this.lo = timestamp | 0;
    }
  }

  readRow(table: TableMetadata, key: Uint8Array, clustering: Uint8Array | null): LiveRow | null {
    this.lookup ??= new RowLookup(this.source);
    return this.lookup.find(table, key, clustering, this.nowInSeconds).live;
  }

  /** Gives back what was read. */
  close(): void {
    this.lookup?.close();
  }
}

function noTimestamp(timestamp: number | bigint): InvalidRequestError {
  return new InvalidRequestError(`The timestamp ${timestamp} is no count of microseconds in 64 bits`);
}

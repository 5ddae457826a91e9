/** What goes on beside the writes that are measured. */
export const stallConditions = ['idle', 'compaction', 'flush and compaction', 'ingest'] as const;

/** See {@link stallConditions}. */
export type StallCondition = (typeof stallConditions)[number];

/** What each condition is, for people. */
export const stallTitles: Readonly<Record<StallCondition, string>> = {
  idle: 'nothing else',
  compaction: 'a major compaction',
  'flush and compaction': 'a flush and a major compaction',
  ingest: 'ingest, with its flushes and compactions',
};

/** How many write at a time, each waiting for its own write. */
export const stallWriters = [1, 8] as const;

/** Milliseconds of the writes of one condition: an array a round. */
export interface StallSeries {
  readonly condition: string;
  readonly writers: number;
  readonly rounds: readonly (readonly number[])[];
}

/** What went on beside the writes, over all rounds: that it did is checked while it is measured. */
export interface StallWork {
  readonly flushes: number;
  readonly bytesFlushed: number;
  readonly compactions: number;
  readonly bytesCompacted: number;
  readonly milliseconds: number;
  readonly rowsIngested: number;
}

/** How long durable writes take beside other work, as plain data. */
export interface StallRun {
  readonly where: string;
  /** Rows in the table that is compacted, and the bytes of its SSTables. */
  readonly loadedRows: number;
  readonly loadedBytes: number;
  readonly cassette: readonly StallSeries[];
  /** What the disk alone does, where it was measured: appends with a flush beside another worker's file; else empty. */
  readonly raw: readonly StallSeries[];
  readonly work: StallWork;
}

/** One version and compressor, a rate a round. */
export interface SSTableFigure {
  readonly version: string;
  /** Class name and options, as printed. */
  readonly compressor: string;
  /** Bytes of Data.db before compression. */
  readonly dataBytes: number;
  /** Bytes of Data.db as stored, with the checksums of its chunks. */
  readonly storedBytes: number;
  /** Bytes of all components together. */
  readonly bytesOnDisk: number;
  /** MB (10^6 bytes) of Data.db before compression a second. */
  readonly writeMegabytes: readonly number[];
  readonly writeRows: readonly number[];
  readonly readMegabytes: readonly number[];
  readonly readRows: readonly number[];
}

/** What was measured of writer and reader, as plain data. */
export interface SSTableRun {
  readonly node: string;
  readonly rounds: number;
  readonly rows: number;
  readonly partitions: number;
  readonly figures: readonly SSTableFigure[];
}

import type { CsvDialect } from '@cassette/engine';
import type { SSTableFiles } from './write-sstable-files.ts';

/** How values that are no JSON are written. */
export interface CsvFormat extends CsvDialect {
  /** The text of a value that is not there. */
  readonly nullText: string;
  /** What the columns are; null where the first line of each file tells them. */
  readonly columns: readonly string[] | null;
}

/** A part of a file's rows. */
export interface LoadPart {
  /** `-` is standard input. */
  readonly file: string;
  /** Bytes: the first line that begins at or behind it is the first of the part. */
  readonly from: number;
  /** Bytes: lines that begin there or later are not of the part; null is the end of the file. */
  readonly to: number | null;
  /** Bytes of all parts before this one, of all files: rows have their places in the order of these. */
  readonly before: number;
}

/** What one thread loads, as plain data that can be posted to it. */
export interface LoadJob {
  /** Statements that make keyspace, types and tables. */
  readonly schema: readonly string[];
  readonly keyspace: string;
  readonly table: string;
  /** Directory of the store that rows go through which are not written straight to SSTables. */
  readonly dir: string;
  /** Directory, made if it is not there, of SSTables that are written straight away. */
  readonly madeDir: string;
  /** Name of the first of these; the others' count on from it. */
  readonly firstNumber: number;
  /** Their version. */
  readonly version: 'nb' | 'oa' | 'da';
  readonly format: 'json' | 'csv';
  readonly csv: CsvFormat;
  readonly parts: readonly LoadPart[];
  /** Microseconds: of all rows where `stamps` says so, else of the first. */
  readonly timestamp: number;
  /**
   * How much later than the first each row is, so that of rows about one key the later one stays: as far as bytes of all files lie between
   * them, whichever thread has them; a row by one where nobody knows how many bytes will come; or not at all.
   */
  readonly stamps: 'by bytes' | 'by rows' | 'same';
  /** Seconds; null for rows that stay. */
  readonly ttl: number | null;
  /** Rows that may be refused before all is given up. */
  readonly errorsMax: number;
  /** Bytes of a memtable from which on it becomes an SSTable. */
  readonly memtableBytes: number;
}

/** A row that was refused. */
export interface RefusedRow {
  readonly file: string;
  /** Where its part of the file begins. Bytes. */
  readonly from: number;
  /** Number of its line in that part, from 1, of JSON; null of CSV. */
  readonly line: number | null;
  /** Its number among the rows of the file, from 1 and without the line of names, of CSV; null of JSON. */
  readonly record: number | null;
  readonly reason: string;
}

/** What came of a job. */
export interface LoadOutcome {
  /** All that were taken. */
  readonly rows: number;
  /** Of these, those in the store; the others are in `made`. */
  readonly stored: number;
  /** SSTables in the job's `madeDir`. */
  readonly made: readonly SSTableFiles[];
  readonly refused: readonly RefusedRow[];
}

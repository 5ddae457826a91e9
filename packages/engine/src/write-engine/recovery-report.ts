import { segmentNumber } from '../wal/wal-format.ts';

/** Bytes that could not be understood, and what was done about it. Nothing of them is dropped in silence. */
export interface CorruptionFound {
  readonly file: string;
  /** Where in the file, in bytes. */
  readonly offset: number;
  /** How many bytes could not be read; 0 where that can't be told. */
  readonly size: number;
  readonly message: string;
  /** File that the bytes were copied to; absent where the file itself stays as it is (an SSTable). */
  readonly setAside?: string;
}

/** One WAL segment that was replayed. Sizes in bytes. */
export interface ReplayedSegment {
  readonly file: string;
  readonly bytes: number;
  /** Replayed, and skipped because their table was dropped or truncated since. */
  readonly mutations: number;
  readonly mutationsSkipped: number;
  /** What a crash cut off; zeros that were made in advance are not counted. */
  readonly tornBytes: number;
  /** What was whole once and is no more. */
  readonly corruptBytes: number;
}

/** A file that was set aside. */
export interface FileAside {
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
}

/** What opening the store found and did. */
export interface RecoveryReport {
  /** Those that were replayed, oldest first. */
  readonly segments: readonly ReplayedSegment[];
  /** WAL segments that were replayed. */
  readonly walSegments: number;
  readonly mutationsReplayed: number;
  /** Bytes of WAL records replayed. */
  readonly bytesReplayed: number;
  /** Mutations whose table was dropped or truncated after they were written. */
  readonly mutationsSkipped: number;
  /**
   * Ends of segments, or of the catalog, that a crash cut off in the middle of a record: a normal thing, nothing acknowledged was in them. Of
   * a segment that others follow what is missing of its durable end, which they tell, is in `corruption`.
   */
  readonly tornTails: readonly { readonly file: string; readonly offset: number; readonly size: number }[];
  readonly corruption: readonly CorruptionFound[];
  /** Files that nothing names (of a flush that a crash cut off, say) and that were removed. */
  readonly litterSwept: readonly string[];
  /**
   * New names (`aside-…`) of files that nothing names and that were kept: where the end of the catalog is damaged, they may be
   * what it named.
   */
  readonly filesSetAside: readonly string[];
  /** All files that are set aside in the store now, by this opening or an earlier one: what `salvage` looks at, beside SSTables. */
  readonly filesAside: readonly FileAside[];
  /** SSTables that can't be opened: kept where they are, not read. */
  readonly sstablesSetAside: readonly { readonly table: string; readonly generation: number; readonly file: string }[];
  /**
   * SSTables that wait for code that could not be loaded, `part`: whatever has to read their table rejects with PartUnavailableError, and tries to
   * load it again.
   */
  readonly sstablesUnopened: readonly { readonly table: string; readonly generation: number; readonly part: string }[];
  /** Milliseconds that opening took. */
  readonly milliseconds: number;
}

/** What of a {@link RecoveryReport} is about the WAL, with sums. Sizes in bytes. */
export interface WalRecoveryReport
  extends Pick<
    RecoveryReport,
    'segments' | 'mutationsReplayed' | 'mutationsSkipped' | 'bytesReplayed' | 'tornTails' | 'corruption'
  > {
  /** Trimmed of ends that a crash cut off. */
  readonly tornBytes: number;
  /** That could not be read, or that are missing as far as their size is known. */
  readonly corruptBytes: number;
  /** Names of files with what could not be read. */
  readonly setAside: readonly string[];
}

/** The part of a report that is about the WAL. */
export function walRecoveryOf(report: RecoveryReport): WalRecoveryReport {
  const isOfWal = ({ file }: { readonly file: string }) => segmentNumber(file) !== null;
  const tornTails = report.tornTails.filter(isOfWal);
  const corruption = report.corruption.filter(isOfWal);
  const { segments, mutationsReplayed, mutationsSkipped, bytesReplayed } = report;
  return {
    segments,
    mutationsReplayed,
    mutationsSkipped,
    bytesReplayed,
    tornTails,
    tornBytes: tornTails.reduce((sum, { size }) => sum + size, 0),
    corruption,
    corruptBytes: corruption.reduce((sum, { size }) => sum + size, 0),
    setAside: corruption.flatMap(({ setAside = [] }) => setAside),
  };
}

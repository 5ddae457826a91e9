// What the crash laboratory is asked and what it answers: plain data, as it goes between page and worker.

/** How a crash treats what was not flushed; `seed`: chance says. */
export type Temper = 'seed' | 'lose' | 'keep' | 'prefix' | 'chaos';

/** What goes wrong before the crash. */
export type Fault = 'none' | 'write' | 'flush' | 'full';

/** The laboratory's knobs. */
export interface LabKnobs {
  readonly seed: number;
  readonly temper: Temper;
  readonly fault: Fault;
  /** The power goes in this operation of the disk, from 0; past the last one: after all of them. */
  readonly crashAt: number;
}

/** One operation that changes the disk. */
export interface DiskOperation {
  readonly kind: string;
  /** Empty where it is about no file. */
  readonly file: string;
  /** Of a write. */
  readonly bytes: number;
  /** What was asked of the engine then. */
  readonly during: string;
}

/** Bytes of a file that have the same fate. */
export interface Run {
  /**
   * Before the crash: `durable`, or `pending`, which no flush has covered. After it: `kept`, or `lost` where the bytes are others than were
   * written.
   */
  readonly fate: 'durable' | 'pending' | 'kept' | 'lost';
  readonly bytes: number;
}

/** One file before and after the crash. */
export interface DiskFile {
  readonly name: string;
  /** Null where it was not there. */
  readonly before: { readonly size: number; readonly isNameDurable: boolean; readonly runs: readonly Run[] } | null;
  readonly after: { readonly size: number; readonly runs: readonly Run[] } | null;
  /** Its size when recovery was done; null where it has gone. */
  readonly recovered: number | null;
}

/** What became of the writes. */
export interface LabCheck {
  /** Rows whose last write or deletion was acknowledged, and those that are found so. */
  readonly acknowledged: number;
  readonly there: number;
  /** Writes that were under way, or refused, and those of them that are there. */
  readonly unanswered: number;
  readonly unansweredThere: number;
  /** What is wrong, in words; empty where all that was acknowledged is there. */
  readonly complaints: readonly string[];
}

/** What recovery told. */
export interface LabReport {
  readonly segments: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly mutations: number;
    readonly tornBytes: number;
  }[];
  readonly mutationsReplayed: number;
  readonly tornTails: readonly { readonly file: string; readonly offset: number; readonly size: number }[];
  readonly litterSwept: readonly string[];
  readonly corruption: readonly string[];
}

/** One run of the laboratory. */
export interface LabRun {
  readonly knobs: LabKnobs;
  /** All operations of the life without a crash; `crashAt` is a place in them. */
  readonly operations: readonly DiskOperation[];
  readonly statements: number;
  /** How the crash treated what was not flushed. */
  readonly temper: Exclude<Temper, 'seed'>;
  readonly files: readonly DiskFile[];
  readonly report: LabReport;
  readonly check: LabCheck;
  /** A short text that is the same for the same knobs, whatever the device. */
  readonly fingerprint: string;
}

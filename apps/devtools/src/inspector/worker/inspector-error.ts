import { CassetteError } from '@cassette/bytes';

/** What the inspector can't do, of files rather than of the bytes in them. */
export type InspectorErrorCode =
  /** A file can't be read any more: a compaction has replaced it, or it was removed or changed where it lies. */
  | 'FILE_GONE'
  /** There is no store of that name in this origin's private file system. */
  | 'NO_SUCH_STORE'
  /** The store's files are encrypted: only the engine that has the key can read them. */
  | 'STORE_ENCRYPTED'
  /** This browser has no private file system, or does not let workers read it. */
  | 'NO_PRIVATE_FILES'
  /** An SSTable that was forgotten, or never there. */
  | 'NOT_INSPECTED'
  /** A deflated entry of a zip that would need too much memory. */
  | 'TOO_LARGE_TO_INFLATE'
  /** What was under way was given up. */
  | 'CANCELLED';

/** An error of the inspector itself; damage in files is a CorruptionError. */
export class InspectorError extends CassetteError {
  constructor(code: InspectorErrorCode, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, data, cause);
  }
}

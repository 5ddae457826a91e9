import { CassetteError } from '@cassette/bytes';

/** The engine (or database) was closed; open it again. */
export class ClosedError extends CassetteError {
  constructor(what: string) {
    super('CLOSED', `${what} is closed: open it again`);
  }
}

/** Memory for writes is used up and can't be given free, since flushing to SSTables makes no progress. Nothing was written. */
export class MemtableFullError extends CassetteError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('MEMTABLE_FULL', message, data, cause);
  }
}

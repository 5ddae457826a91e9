import { StorageError } from '@cassette/storage';

/**
 * The WAL could not be made durable after writes were acknowledged under Periodic: code WAL_FLUSH_FAILED. `data`: `file`, and `bytes`
 * of records that a crash may take until they are in SSTables. `cause`: what the storage said.
 */
export class WalFlushError extends StorageError {
  constructor(file: string, bytes: number, cause: unknown) {
    super(
      'WAL_FLUSH_FAILED',
      `${bytes} bytes of ${file} could not be made durable: a crash may take writes that were acknowledged under Periodic, until they ` +
        'are in SSTables, which is being tried. This write was not made: write it again, or call flush() to see whether that helps',
      { file, bytes },
      cause,
    );
  }
}

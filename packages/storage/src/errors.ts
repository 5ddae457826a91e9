import { CassetteError } from '@cassette/bytes';

/** The platform's storage refused or failed; `cause` is what it said. */
export class StorageError extends CassetteError {
  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, data, cause);
  }
}

/** No room left on the device or in the origin's quota. Reads go on; writes go on once there is room. */
export class StorageFullError extends StorageError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('STORAGE_FULL', message, data, cause);
  }
}

/** Another tab, worker or process has the store open: one writer per store. */
export class StoreLockedError extends StorageError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('STORE_LOCKED', message, data, cause);
  }
}

/** A file that should be there is not. */
export class FileNotFoundError extends StorageError {
  constructor(name: string, where: string) {
    super('FILE_NOT_FOUND', `File ${name} is not in ${where}`, { file: name });
  }
}

/** This browser, window or context has no storage that Cassette can use; the message says what is missing. */
export class StorageUnsupportedError extends StorageError {
  constructor(message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super('STORAGE_UNSUPPORTED', message, data, cause);
  }
}

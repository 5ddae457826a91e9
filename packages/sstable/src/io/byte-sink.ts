/** Bytes to append to. Synchronous; `bytes` belongs to the caller again when `write` returns. */
export interface ByteSink {
  /** For messages: the file's name. */
  readonly name: string;
  write(bytes: Uint8Array): void;
}

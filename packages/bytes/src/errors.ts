/**
 * The root of everything Cassette throws on purpose.
 *
 * `code` is stable and made for programs, `message` is made for people (what, where, what to do), and `data` carries the
 * same facts as JSON-able fields, so that an error survives a trip between a worker and a page.
 */
export class CassetteError extends Error {
  /** Stable, upper snake case; never reworded between versions. */
  readonly code: string;
  /** JSON-able facts of the message: file, offset, line, column, … */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.data = data;
  }
}

/**
 * Bytes that are not what their format says: a damaged or hostile file, a torn record, a wrong checksum.
 * `data.file` and `data.offset` say where.
 */
export class CorruptionError extends CassetteError {
  /** The file the bytes came from, as far as the reader knew. */
  readonly file: string;
  /** Offset in that file, in bytes. */
  readonly offset: number;

  constructor(message: string, file: string, offset: number, data: Record<string, unknown> = {}, cause?: unknown) {
    super('CORRUPTION', `${message} (${file} at ${offset})`, { ...data, file, offset }, cause);
    this.file = file;
    this.offset = offset;
  }
}

/** A promise of our own that did not hold: a bug in Cassette, never the caller's fault. */
export class AssertionError extends CassetteError {
  constructor(message: string) {
    super('ASSERTION', `Cassette has a bug: ${message}`);
  }
}

/** Stays on in production: a broken invariant must not be written to disk. */
export function assert(condition: boolean, why: string): asserts condition {
  if (!condition) throw new AssertionError(why);
}

/** Ends a switch over a union: the compiler proves that no case is missing. */
export function assertNever(value: never, what = 'value'): never {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
}

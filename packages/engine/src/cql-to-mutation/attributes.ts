import { ByteReader, ByteWriter } from '@cassette/bytes';
import { InvalidRequestError, nativeTypes, type Place, type Using } from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import type { StatementContext } from '../prepared/statement-context.ts';
import { type BoundTerm, prepareTerm } from '../prepared/terms/index.ts';

/** Twenty years: the longest TTL in seconds. Cassandra: Attributes.MAX_TTL. */
export const TTL_MAX = 630720000;

/** The last second that a cell of the format nb may expire at: 2038-01-19T03:14:06Z. Cassandra: Cell.MAX_DELETION_TIME. */
export const EXPIRATION_MAX = 2147483646;

/** USING TIMESTAMP and TTL, planned. Cassandra: cql3.Attributes. */
export class Attributes {
  private readonly timestampTerm: BoundTerm | null;
  private readonly ttlTerm: BoundTerm | null;
  private readonly scratch = new ByteWriter(8);
  private readonly reader = new ByteReader(new Uint8Array(0), 'USING');
  /** High word of what {@link readTimestamp} found. */
  hi = 0;
  /** Low word of what {@link readTimestamp} found. */
  lo = 0;

  /** `table` names the receiver of markers: `[timestamp]`, `[ttl]`. */
  constructor(context: StatementContext, using: Using, keyspace: string, table: string) {
    const spec = (name: string, type: (typeof nativeTypes)['int' | 'bigint']) => ({ keyspace, table, name, type });
    this.timestampTerm =
      using.timestamp === null ? null : prepareTerm(context, spec('[timestamp]', nativeTypes.bigint), using.timestamp);
    this.ttlTerm = using.ttl === null ? null : prepareTerm(context, spec('[ttl]', nativeTypes.int), using.ttl);
  }

  /** Whether the statement says a timestamp. */
  get hasTimestamp(): boolean {
    return this.timestampTerm !== null;
  }

  /** Whether the statement says a TTL. */
  get hasTimeToLive(): boolean {
    return this.ttlTerm !== null;
  }

  /** Where the TTL is said. */
  get ttlWhere(): Place | undefined {
    return this.ttlTerm?.where;
  }

  /** Leaves the statement's timestamp in `hi` and `lo`; false where it says none (or it is unset). */
  readTimestamp(binding: Binding): boolean {
    if (this.timestampTerm === null) return false;
    this.scratch.clear();
    const state = this.timestampTerm.write(binding, this.scratch);
    if (state === TermState.UNSET) return false;
    if (state === TermState.NULL || this.scratch.length === 0) {
      throw new InvalidRequestError(
        'Invalid null value of timestamp: give microseconds, or leave it unset',
        this.timestampTerm.where,
      );
    }
    this.reader.reset(this.scratch.buffer, 0, this.scratch.length);
    this.reader.i64('timestamp');
    this.hi = this.reader.hi;
    this.lo = this.reader.lo;
    if (this.hi === -0x80000000 && this.lo === 0) {
      throw new InvalidRequestError(
        'Invalid timestamp -9223372036854775808: it is kept for what has no timestamp. The least one is -9223372036854775807',
        this.timestampTerm.where,
      );
    }
    return true;
  }

  /** The TTL in seconds, 0 for none; `byDefault` where the statement says nothing. */
  timeToLive(binding: Binding, byDefault: number): number {
    if (this.ttlTerm === null) return byDefault;
    this.scratch.clear();
    const state = this.ttlTerm.write(binding, this.scratch);
    if (state === TermState.UNSET) return byDefault;
    if (state === TermState.NULL || this.scratch.length === 0) return 0;
    this.reader.reset(this.scratch.buffer, 0, this.scratch.length);
    const ttl = this.reader.i32('ttl');
    const { where } = this.ttlTerm;
    if (ttl < 0) throw new InvalidRequestError(`A TTL must be greater or equal to 0, but was ${ttl}`, where);
    if (ttl > TTL_MAX) throw new InvalidRequestError(`ttl is too large. requested (${ttl}) maximum (${TTL_MAX})`, where);
    return ttl;
  }
}

/** When something written now with that TTL expires, in seconds. Throws where the files can't say it. */
export function expirationOf(table: { toString(): string }, nowInSeconds: number, ttl: number, where?: Place): number {
  const expiration = nowInSeconds + ttl;
  if (expiration > EXPIRATION_MAX) {
    throw new InvalidRequestError(
      `Request on table ${table} with ttl of ${ttl} seconds exceeds maximum supported expiration date of 2038-01-19T03:14:06+00:00. In order to avoid this use a lower TTL`,
      where,
      { ttl },
    );
  }
  return expiration;
}

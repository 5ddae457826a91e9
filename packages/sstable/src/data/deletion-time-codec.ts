import { type ByteReader, type ByteWriter, CassetteError, toBigInt } from '@cassette/bytes';
import { DeletionTime, NO_DELETION_TIME } from '../rows/deletion-time.ts';

// A deletion time of its own, as partition headers and the row index have it:
//   nb      i32 localDeletionTime (7fffffff: none), i64 markedForDeleteAt
//   oa, da  u8 80 for LIVE; else i64 markedForDeleteAt (never negative), u32 localDeletionTime
// Cassandra: db.DeletionTime.LegacySerializer and db.DeletionTime.Serializer.

/** A local deletion time that can't be: kept, as Cassandra keeps it. Cassandra: Cell.INVALID_DELETION_TIME. */
export const INVALID_DELETION_TIME = 0xfffffffe;

const NO_DELETION_TIME_NB = 0x7fffffff;

/**
 * A deletion that the version cannot hold: negative timestamps of partition deletions and open markers in oa and da (where
 * Cassandra writes files that it then cannot read), times past 2038 in nb. `code` is UNWRITABLE_DELETION.
 */
export class UnwritableDeletionError extends CassetteError {
  constructor(message: string, deletion: DeletionTime) {
    const markedForDeleteAt = String(toBigInt(deletion.hi, deletion.lo));
    super('UNWRITABLE_DELETION', `${message}: deleted at ${markedForDeleteAt}, ${deletion.localDeletionTime}`, {
      markedForDeleteAt,
      localDeletionTime: deletion.localDeletionTime,
    });
  }
}

/** Throws {@link UnwritableDeletionError} for a time at which something expires or was deleted and that nb can't hold. */
export function checkWritableInNb(hi: number, lo: number, localDeletionTime: number): void {
  if (localDeletionTime <= NO_DELETION_TIME_NB || localDeletionTime >= INVALID_DELETION_TIME) return;
  const deletion = new DeletionTime();
  deletion.setTo(hi, lo, localDeletionTime);
  throw new UnwritableDeletionError('SSTables of nb cannot hold what expires or is deleted past 2038, oa and da can', deletion);
}

/** Throws {@link UnwritableDeletionError} for a deletion that {@link encodeDeletionTime} can't write. */
export function checkWritable(deletion: DeletionTime, compact: boolean): void {
  if (deletion.isLive) return;
  if (compact && deletion.hi < 0) {
    throw new UnwritableDeletionError('SSTables of oa and da cannot hold a deletion of a negative timestamp, nb can', deletion);
  }
  const { localDeletionTime } = deletion;
  if (!compact && localDeletionTime > NO_DELETION_TIME_NB && localDeletionTime !== NO_DELETION_TIME) {
    throw new UnwritableDeletionError('SSTables of nb cannot hold a deletion time past 2038, oa and da can', deletion);
  }
}

/** Appends a deletion time; `compact` is the form of oa and da. Throws {@link UnwritableDeletionError}. */
export function encodeDeletionTime(out: ByteWriter, deletion: DeletionTime, compact: boolean): void {
  checkWritable(deletion, compact);
  if (!compact) {
    out.i32(deletion.localDeletionTime === NO_DELETION_TIME ? NO_DELETION_TIME_NB : deletion.localDeletionTime);
    out.i64(deletion.hi, deletion.lo);
  } else if (deletion.isLive) {
    out.u8(0x80);
  } else {
    out.i64(deletion.hi, deletion.lo);
    out.i32(deletion.localDeletionTime);
  }
}

/** Reads what {@link encodeDeletionTime} wrote into `into`. Throws CorruptionError. */
export function decodeDeletionTime(input: ByteReader, into: DeletionTime, compact: boolean): void {
  if (compact) {
    if (input.remaining > 0 && input.bytes[input.position] >= 0x80) {
      if (input.u8('deletion flags') !== 0x80)
        throw input.corrupt('a deletion time has flags that nothing has', input.position - 1);
      into.setLive();
      return;
    }
    input.i64('markedForDeleteAt');
    const { hi, lo } = input;
    into.setTo(hi, lo, input.u32('localDeletionTime'));
    return;
  }
  const time = input.i32('localDeletionTime');
  input.i64('markedForDeleteAt');
  into.setTo(input.hi, input.lo, time < 0 ? INVALID_DELETION_TIME : time === NO_DELETION_TIME_NB ? NO_DELETION_TIME : time);
}

import { ByteWriter } from '@cassette/bytes';
import type { TimeUuidGenerator } from '../prepared/index.ts';
import type { ExportIds } from './export-options.ts';

const TICKS_PER_SECOND = 10_000_000n;
const SECONDS_PER_DAY = 86_400n;

/** A node counts on from the greatest number that it has, up to 2^31: what is put beside its files by hand must leave it room. */
const NUMBER_MAX = 2 ** 30 - 1;

/** What SSTables of one export are called, one after the other, by their generation in the store; no name is given twice. */
export function sstableNames(
  ids: ExportIds,
  timeUuids: Pick<TimeUuidGenerator, 'next'>,
  randomBytes: (target: Uint8Array) => void,
): (generation: number) => string {
  if (ids === 'generation') return String;
  if (ids === 'uuid') return () => sstableIdOf(newTimeUuid(timeUuids));
  const given = new Set<number>();
  const bytes = new Uint8Array(4);
  return () => {
    let number: number;
    do {
      randomBytes(bytes);
      number = new DataView(bytes.buffer).getUint32(0) & NUMBER_MAX;
    } while (number === 0 || given.has(number));
    given.add(number);
    return String(number);
  };
}

/** 16 bytes of a new time-based UUID. */
export function newTimeUuid(generator: Pick<TimeUuidGenerator, 'next'>): Uint8Array {
  const out = new ByteWriter();
  generator.next(out);
  return out.toBytes();
}

/**
 * A time-based UUID as Cassandra puts it into file names: days, seconds and ticks of its time, then its other half, in base 36.
 * Cassandra: UUIDBasedSSTableId.
 */
export function sstableIdOf(uuid: Uint8Array): string {
  const view = new DataView(uuid.buffer, uuid.byteOffset, 16);
  const high = BigInt(view.getUint16(6) & 0x0fff);
  const time = (high << 48n) | (BigInt(view.getUint16(4)) << 32n) | BigInt(view.getUint32(0));
  const seconds = time / TICKS_PER_SECOND;
  const part = (value: bigint, length: number) => value.toString(36).padStart(length, '0');
  const days = part(seconds / SECONDS_PER_DAY, 4);
  return `${days}_${part(seconds % SECONDS_PER_DAY, 4)}_${part(time % TICKS_PER_SECOND, 5)}${part(view.getBigUint64(8), 13)}`;
}

import { CorruptionError } from '@cassette/bytes';

// The value of a counter cell:
//   listed      i16, its magnitude: the shards that the header lists
//   header      so many i16: the index of a shard in the body; of a global one with the top bit set
//   body        shards to the end, 32 bytes each, in the order of their ids: id (16), clock i64, count i64
// What the header does not list is remote. Cassandra: db.context.CounterContext

const LISTED_BYTES = 2;
const SHARD_BYTES = 32;

/**
 * One addend of a counter: what one node has counted. `global` is what Cassandra writes since 2.1; `local` and `remote` are of older
 * ones, local being the writing node's own. Of two shards of one id that with the higher clock counts.
 */
export interface CounterShard {
  readonly kind: 'global' | 'local' | 'remote';
  /** 16 bytes: the id of a host, or one that stands for it. */
  readonly id: Uint8Array;
  readonly clock: bigint;
  readonly count: bigint;
}

/** The shards of a counter cell's value; their counts together, in 64 bits, are what SELECT answers. Throws CorruptionError. */
export function decodeCounterContext(bytes: Uint8Array, from: number, to: number, file: string): CounterShard[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const listed = to - from < LISTED_BYTES ? -1 : Math.abs(view.getInt16(from));
  const body = from + LISTED_BYTES * (1 + listed);
  const shards = (to - body) / SHARD_BYTES;
  if (listed < 0 || body > to || !Number.isInteger(shards)) {
    throw new CorruptionError(`a counter's value can't have ${to - from} bytes`, file, from);
  }
  const kinds = new Map<number, CounterShard['kind']>();
  for (let i = 1; i <= listed; i++) {
    const index = view.getInt16(from + LISTED_BYTES * i);
    kinds.set(index & 0x7fff, index < 0 ? 'global' : 'local');
  }
  return Array.from({ length: shards }, (_, i) => {
    const at = body + i * SHARD_BYTES;
    return {
      kind: kinds.get(i) ?? 'remote',
      id: bytes.slice(at, at + 16),
      clock: view.getBigInt64(at + 16),
      count: view.getBigInt64(at + 24),
    };
  });
}

/** Whether a counter cell's value has a shard that is not global. Cassandra: CounterContext#hasLegacyShards. */
export function hasLegacyShards(bytes: Uint8Array, from: number, to: number): boolean {
  const int16 = (at: number): number => ((bytes[at] << 24) >> 16) | bytes[at + 1];
  const listed = Math.abs(int16(from));
  const header = LISTED_BYTES * (1 + listed);
  if (listed < Math.floor((to - from - header) / SHARD_BYTES)) return true;
  for (let i = 1; i <= listed; i++) if (int16(from + LISTED_BYTES * i) >= 0) return true;
  return false;
}

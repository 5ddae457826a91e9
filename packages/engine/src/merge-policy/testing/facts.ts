import type { PolicyContext, SSTableFacts } from '../merge-policy.ts';

/** Mebibytes, in bytes. */
export const MIB = 1024 * 1024;

let generation = 0;

/** An SSTable; what isn't given is small, of level 0 and all over the ring. Tokens are told in parts of a thousand of the ring. */
export function sstable(given: {
  readonly mib?: number;
  readonly bytes?: number;
  readonly level?: number;
  readonly from?: number;
  readonly to?: number;
  readonly maxTimestamp?: bigint;
}): SSTableFacts {
  const { mib = 1, bytes = mib * MIB, level = 0, from = 0, to = 1000, maxTimestamp = BigInt(generation) } = given;
  const token = (part: number) => ({ hi: Math.floor((part / 1000) * 0xffffffff - 0x80000000), lo: 0 });
  return {
    generation: ++generation,
    level,
    dataBytes: bytes,
    bytes,
    maxTimestamp,
    firstToken: token(from),
    lastToken: token(to),
  };
}

/** A time at which nothing has expired and no tombstone may go; what is given is another matter. */
export function context(given: Partial<PolicyContext> = {}): PolicyContext {
  return {
    nowInSeconds: 1_700_000_000,
    isWorthDroppingTombstones: () => false,
    droppableRatio: () => 0,
    fullyExpired: () => [],
    ...given,
  };
}

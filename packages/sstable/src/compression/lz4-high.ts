import { compressOptimal } from './lz4-high-optimal.ts';
import { Lz4HighSearch, type Lz4SearchEffort } from './lz4-high-search.ts';
import { compressMiddle } from './lz4-middle.ts';
import { LAST_LITERALS, lastLiterals, MF_LIMIT, MIN_MATCH, putSequence } from './lz4-sequence.ts';

// LZ4's slow kind, which tries harder for the same format (lz4-block.ts). It takes the decisions of LZ4_compress_HC of liblz4 1.10, what
// Cassandra calls for `lz4_compressor_type: high`, so that the same chunk becomes the same bytes at every level.

/** The level where none is asked for. Cassandra: LZ4Compressor.DEFAULT_HIGH_COMPRESSION_LEVEL. */
export const LZ4_HIGH_LEVEL_DEFAULT = 9;

/** Levels above are as good as this one. */
const LEVEL_MAX = 12;
/** From here on the cheapest of many ways through a block is taken, not the next best. */
const LEVEL_OPTIMAL = 10;
/** Levels below have a search of their own, close to the fast kind. */
const LEVEL_CHAINS = 3;
const OPTIMAL_MATCH = 18;

/** Of the levels 10 to 12: candidates for a position, and the length from which on a match is taken at once. */
const optimalLevels = [
  { attempts: 96, sufficient: 64 },
  { attempts: 512, sufficient: 128 },
  { attempts: 16384, sufficient: 4096 },
] as const;

// Its tables take a quarter of a MiB, so there is one, made when first needed: nothing yields in between.
let search: Lz4HighSearch | null = null;

/**
 * Compresses `source[from, to)` to `target` at `at`, where lz4CompressBound bytes must be free; returns the end of what was written.
 * `level`: 1 to 17; less than 1 is {@link LZ4_HIGH_LEVEL_DEFAULT}, more than 12 is 12.
 */
export function lz4HighCompress(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  level: number = LZ4_HIGH_LEVEL_DEFAULT,
): number {
  if (to - from <= MF_LIMIT) return lastLiterals(source, from, to, target, at);
  const known = level < 1 ? LZ4_HIGH_LEVEL_DEFAULT : Math.min(level, LEVEL_MAX);
  if (known < LEVEL_CHAINS) return compressMiddle(source, from, to, target, at);
  search ??= new Lz4HighSearch();
  search.start(source, from, to - LAST_LITERALS);
  const end =
    known >= LEVEL_OPTIMAL
      ? compressOptimal(search, source, from, to, target, at, {
          ...optimalLevels[known - LEVEL_OPTIMAL],
          thorough: known === LEVEL_MAX,
        })
      : compressChains(search, source, from, to, target, at, {
          attempts: 4 << (known - LEVEL_CHAINS),
          runs: known === LEVEL_OPTIMAL - 1,
          swapsChains: false,
        });
  search.release();
  return end;
}

// Up to three matches that overlap are weighed against each other: the first is `ip`, the others begin at start2 and start3, each
// longer than the one before it. `start0` is the first one as it was found. liblz4: LZ4HC_compress_hashChain.
function compressChains(
  matches: Lz4HighSearch,
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  effort: Lz4SearchEffort,
): number {
  const searchEnd = to - MF_LIMIT;
  let op = at;
  let anchor = from;
  let ip = from;
  while (ip <= searchEnd) {
    matches.find(ip, ip, MIN_MATCH - 1, effort);
    if (matches.length < MIN_MATCH) {
      ip++;
      continue;
    }
    let length1 = matches.length;
    let offset1 = matches.offset;
    let start0 = ip;
    let length0 = length1;
    let offset0 = offset1;
    second: for (;;) {
      let start2 = 0;
      let length2 = 0;
      let offset2 = 0;
      if (ip + length1 <= searchEnd) {
        start2 = ip + length1 - 2;
        matches.find(start2, ip, length1, effort);
        start2 -= matches.back;
        length2 = matches.length;
        offset2 = matches.offset;
      }
      if (length2 <= length1) {
        op = putSequence(source, anchor, ip, target, op, length1, offset1);
        ip += length1;
        anchor = ip;
        break;
      }
      // The first one was left out once, but there is room for it.
      if (start0 < ip && start2 < ip + length0) {
        ip = start0;
        length1 = length0;
        offset1 = offset0;
      }
      if (start2 - ip < 3) {
        ip = start2;
        length1 = length2;
        offset1 = offset2;
        continue;
      }
      for (;;) {
        if (start2 - ip < OPTIMAL_MATCH) {
          let shorter = Math.min(length1, OPTIMAL_MATCH);
          if (ip + shorter > start2 + length2 - MIN_MATCH) shorter = start2 - ip + length2 - MIN_MATCH;
          const correction = shorter - (start2 - ip);
          if (correction > 0) {
            start2 += correction;
            length2 -= correction;
          }
        }
        let start3 = 0;
        let length3 = 0;
        let offset3 = 0;
        if (start2 + length2 <= searchEnd) {
          start3 = start2 + length2 - 3;
          matches.find(start3, start2, length2, effort);
          start3 -= matches.back;
          length3 = matches.length;
          offset3 = matches.offset;
        }
        if (length3 <= length2) {
          if (start2 < ip + length1) length1 = start2 - ip;
          op = putSequence(source, anchor, ip, target, op, length1, offset1);
          op = putSequence(source, ip + length1, start2, target, op, length2, offset2);
          ip = start2 + length2;
          anchor = ip;
          break second;
        }
        if (start3 < ip + length1 + 3) {
          // No room for the second one.
          if (start3 >= ip + length1) {
            if (start2 < ip + length1) {
              const correction = ip + length1 - start2;
              start2 += correction;
              length2 -= correction;
              if (length2 < MIN_MATCH) {
                start2 = start3;
                length2 = length3;
                offset2 = offset3;
              }
            }
            op = putSequence(source, anchor, ip, target, op, length1, offset1);
            anchor = ip + length1;
            ip = start3;
            length1 = length3;
            offset1 = offset3;
            start0 = start2;
            length0 = length2;
            offset0 = offset2;
            continue second;
          }
          start2 = start3;
          length2 = length3;
          offset2 = offset3;
          continue;
        }
        // Three that ascend: the first one is written, as long as is best for the second.
        if (start2 < ip + length1) {
          if (start2 - ip < OPTIMAL_MATCH) {
            length1 = Math.min(length1, OPTIMAL_MATCH);
            if (ip + length1 > start2 + length2 - MIN_MATCH) length1 = start2 - ip + length2 - MIN_MATCH;
            const correction = length1 - (start2 - ip);
            if (correction > 0) {
              start2 += correction;
              length2 -= correction;
            }
          } else length1 = start2 - ip;
        }
        op = putSequence(source, anchor, ip, target, op, length1, offset1);
        anchor = ip + length1;
        ip = start2;
        length1 = length2;
        offset1 = offset2;
        start2 = start3;
        length2 = length3;
        offset2 = offset3;
      }
    }
  }
  return lastLiterals(source, anchor, to, target, op);
}

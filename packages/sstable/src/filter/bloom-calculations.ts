import { CassetteError } from '@cassette/bytes';

/** How a bloom filter is laid out. Cassandra: BloomCalculations.BloomSpecification. */
export interface BloomSpec {
  /** Bits set for a key. */
  readonly hashCount: number;
  /** Bits of the filter for each expected key. */
  readonly bitsPerKey: number;
}

// Chance of a false positive: row = bits a key, column = hash count (column 0 stands for "no hash").
const P: readonly (readonly number[])[] = [
  [1],
  [1, 1],
  [1, 0.393, 0.4],
  [1, 0.283, 0.237, 0.253],
  [1, 0.221, 0.155, 0.147, 0.16],
  [1, 0.181, 0.109, 0.092, 0.092, 0.101],
  [1, 0.154, 0.0804, 0.0609, 0.0561, 0.0578, 0.0638],
  [1, 0.133, 0.0618, 0.0423, 0.0359, 0.0347, 0.0364],
  [1, 0.118, 0.0489, 0.0306, 0.024, 0.0217, 0.0216, 0.0229],
  [1, 0.105, 0.0397, 0.0228, 0.0166, 0.0141, 0.0133, 0.0135, 0.0145],
  [1, 0.0952, 0.0329, 0.0174, 0.0118, 0.00943, 0.00844, 0.00819, 0.00846],
  [1, 0.0869, 0.0276, 0.0136, 0.00864, 0.0065, 0.00552, 0.00513, 0.00509],
  [1, 0.08, 0.0236, 0.0108, 0.00646, 0.00459, 0.00371, 0.00329, 0.00314],
  [1, 0.074, 0.0203, 0.00875, 0.00492, 0.00332, 0.00255, 0.00217, 0.00199, 0.00194],
  [1, 0.0689, 0.0177, 0.00718, 0.00381, 0.00244, 0.00179, 0.00146, 0.00129, 0.00121, 0.0012],
  [1, 0.0645, 0.0156, 0.00596, 0.003, 0.00183, 0.00128, 0.001, 0.000852, 0.000775, 0.000744],
  [1, 0.0606, 0.0138, 0.005, 0.00239, 0.00139, 0.000935, 0.000702, 0.000574, 0.000505, 0.00047, 0.000459],
  [1, 0.0571, 0.0123, 0.00423, 0.00193, 0.00107, 0.000692, 0.000499, 0.000394, 0.000335, 0.000302, 0.000287, 0.000284],
  [1, 0.054, 0.0111, 0.00362, 0.00158, 0.000839, 0.000519, 0.00036, 0.000275, 0.000226, 0.000198, 0.000183, 0.000176],
  [1, 0.0513, 0.00998, 0.00312, 0.0013, 0.000663, 0.000394, 0.000264, 0.000194, 0.000155, 0.000132, 0.000118, 0.000111, 0.000109],
  [
    1, 0.0488, 0.00906, 0.0027, 0.00108, 0.00053, 0.000303, 0.000196, 0.00014, 0.000108, 8.89e-5, 7.77e-5, 7.12e-5, 6.79e-5,
    6.71e-5,
  ],
];

/** The smallest false positive chance that a table may ask for. */
export const bloomFilterFpChanceMin = 6.71e-5;

// The hash count with the smallest chance, the first of equal ones.
const best = P.map((row) => Math.max(1, row.indexOf(Math.min(...row))));

/**
 * Bits a key and hash count that reach `fpChance` (below 1; a table that asks for 1 has no filter): as few bits as will
 * do, then as few hashes. Throws CassetteError INVALID_FP_CHANCE outside [{@link bloomFilterFpChanceMin}, 1).
 * Cassandra: BloomCalculations#computeBloomSpec(20, fpChance).
 */
export function bloomSpec(fpChance: number): BloomSpec {
  if (!(fpChance >= bloomFilterFpChanceMin && fpChance < 1)) {
    throw new CassetteError(
      'INVALID_FP_CHANCE',
      `a bloom filter's false positive chance lies in [${bloomFilterFpChanceMin}, 1), not ${fpChance}`,
      { fpChance },
    );
  }
  // Cassandra hands its arguments over in the wrong order here; this is what it therefore makes.
  if (fpChance >= P[2][1]) return { hashCount: 2, bitsPerKey: best[2] };
  let bits = 2;
  while (P[bits][best[bits]] > fpChance) bits++;
  let hashes = best[bits];
  while (P[bits][hashes - 1] <= fpChance) hashes--;
  return { hashCount: hashes, bitsPerKey: bits };
}

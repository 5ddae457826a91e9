// MurmurHash64A with seed 0 (utils/MurmurHash#hash2_64), sign-extended tail bytes; only the cardinality estimator of
// Statistics.db uses it, once a partition, so BigInt is good enough.

const M = 0xc6a4a7935bd1e995n;
const MASK = 0xffffffffffffffffn;

/** The 64-bit hash of `key[from, to)`, unsigned. */
export function murmur2(key: Uint8Array, from = 0, to = key.length): bigint {
  const length = to - from;
  let h = (M * BigInt(length)) & MASK;
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  let i = from;
  for (const last = from + (length & ~7); i < last; i += 8) {
    let k = (view.getBigUint64(i, true) * M) & MASK;
    k ^= k >> 47n;
    k = (k * M) & MASK;
    h = ((h ^ k) * M) & MASK;
  }
  const tail = length & 7;
  if (tail > 0) {
    for (let t = tail - 1; t >= 0; t--) {
      const b = BigInt((key[i + t] << 24) >> 24);
      h ^= BigInt.asUintN(64, b << BigInt(8 * t));
    }
    h = (h * M) & MASK;
  }
  h ^= h >> 47n;
  h = (h * M) & MASK;
  return h ^ (h >> 47n);
}

// MurmurHash3 x64 128 with seed 0, as Cassandra computes it (utils/MurmurHash#hash3_x64_128): the bytes of the tail are
// sign-extended before they are mixed in, which other libraries do not do. 64-bit words are (hi, lo) pairs of int32.

/** Result of {@link murmur3}: h1 high, h1 low, h2 high, h2 low. Overwritten by the next call. */
export const hash128 = new Int32Array(4);

// The 64-bit product of a and b in `ph`, `pl`; module variables, because a returned pair would be an object a call.
let ph = 0;
let pl = 0;

function multiply(ah: number, al: number, bh: number, bl: number): void {
  // No partial sum passes 2^32 - 1, so all of it stays in int32 arithmetic: floating point would cost several times as much.
  const a0 = al & 0xffff;
  const a1 = al >>> 16;
  const b0 = bl & 0xffff;
  const b1 = bl >>> 16;
  const low = Math.imul(a0, b0);
  const mid1 = (Math.imul(a1, b0) + (low >>> 16)) | 0;
  const mid2 = (Math.imul(a0, b1) + (mid1 & 0xffff)) | 0;
  const high = Math.imul(a1, b1) + (mid1 >>> 16) + (mid2 >>> 16);
  pl = Math.imul(al, bl);
  ph = (high + Math.imul(ah, bl) + Math.imul(al, bh)) | 0;
}

const C1H = 0x87c37b91 | 0;
const C1L = 0x114253d5 | 0;
const C2H = 0x4cf5ad43 | 0;
const C2L = 0x2745937f | 0;

function fmix(h: number, l: number): void {
  l ^= h >>> 1;
  multiply(h, l, 0xff51afd7 | 0, 0xed558ccd | 0);
  h = ph;
  l = pl ^ (ph >>> 1);
  multiply(h, l, 0xc4ceb9fe | 0, 0x1a85ec53 | 0);
  pl ^= ph >>> 1;
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Hashes `bytes[from, to)` into {@link hash128}. */
export function murmur3(bytes: Uint8Array, from = 0, to = bytes.length): void {
  const length = to - from;
  let h1h = 0;
  let h1l = 0;
  let h2h = 0;
  let h2l = 0;
  let i = from;
  for (const last = from + (length & ~15); i < last; i += 16) {
    multiply(word(bytes, i + 4), word(bytes, i), C1H, C1L);
    multiply((ph << 31) | (pl >>> 1), (pl << 31) | (ph >>> 1), C2H, C2L);
    h1h ^= ph;
    h1l ^= pl;
    // rotl 27, + h2, * 5 + 0x52dce729
    let rh = (h1h << 27) | (h1l >>> 5);
    let rl = (h1l << 27) | (h1h >>> 5);
    let s = (rl >>> 0) + (h2l >>> 0);
    rh = (rh + h2h + (s >= 0x100000000 ? 1 : 0)) | 0;
    rl = s | 0;
    multiply(rh, rl, 0, 5);
    s = (pl >>> 0) + 0x52dce729;
    h1l = s | 0;
    h1h = (ph + (s >= 0x100000000 ? 1 : 0)) | 0;

    multiply(word(bytes, i + 12), word(bytes, i + 8), C2H, C2L);
    multiply((pl << 1) | (ph >>> 31), (ph << 1) | (pl >>> 31), C1H, C1L);
    h2h ^= ph;
    h2l ^= pl;
    // rotl 31, + h1, * 5 + 0x38495ab5
    rh = (h2h << 31) | (h2l >>> 1);
    rl = (h2l << 31) | (h2h >>> 1);
    s = (rl >>> 0) + (h1l >>> 0);
    rh = (rh + h1h + (s >= 0x100000000 ? 1 : 0)) | 0;
    rl = s | 0;
    multiply(rh, rl, 0, 5);
    s = (pl >>> 0) + 0x38495ab5;
    h2l = s | 0;
    h2h = (ph + (s >= 0x100000000 ? 1 : 0)) | 0;
  }

  const tail = length & 15;
  if (tail > 8) {
    let kh = 0;
    let kl = 0;
    for (let t = tail - 1; t >= 8; t--) {
      const b = (bytes[i + t] << 24) >> 24;
      const shift = (t - 8) * 8;
      if (shift >= 32) {
        kh ^= b << (shift - 32);
      } else {
        kl ^= b << shift;
        kh ^= shift === 0 ? b >> 31 : b >> (32 - shift);
      }
    }
    multiply(kh, kl, C2H, C2L);
    multiply((pl << 1) | (ph >>> 31), (ph << 1) | (pl >>> 31), C1H, C1L);
    h2h ^= ph;
    h2l ^= pl;
  }
  if (tail > 0) {
    let kh = 0;
    let kl = 0;
    for (let t = Math.min(tail, 8) - 1; t >= 0; t--) {
      const b = (bytes[i + t] << 24) >> 24;
      const shift = t * 8;
      if (shift >= 32) {
        kh ^= b << (shift - 32);
      } else {
        kl ^= b << shift;
        kh ^= shift === 0 ? b >> 31 : b >> (32 - shift);
      }
    }
    multiply(kh, kl, C1H, C1L);
    multiply((ph << 31) | (pl >>> 1), (pl << 31) | (ph >>> 1), C2H, C2L);
    h1h ^= ph;
    h1l ^= pl;
  }

  h1l ^= length;
  h2l ^= length;
  let s = (h1l >>> 0) + (h2l >>> 0);
  h1h = (h1h + h2h + (s >= 0x100000000 ? 1 : 0)) | 0;
  h1l = s | 0;
  s = (h2l >>> 0) + (h1l >>> 0);
  h2h = (h2h + h1h + (s >= 0x100000000 ? 1 : 0)) | 0;
  h2l = s | 0;
  fmix(h1h, h1l);
  h1h = ph;
  h1l = pl;
  fmix(h2h, h2l);
  h2h = ph;
  h2l = pl;
  s = (h1l >>> 0) + (h2l >>> 0);
  h1h = (h1h + h2h + (s >= 0x100000000 ? 1 : 0)) | 0;
  h1l = s | 0;
  s = (h2l >>> 0) + (h1l >>> 0);
  hash128[0] = h1h;
  hash128[1] = h1l;
  hash128[2] = (h2h + h1h + (s >= 0x100000000 ? 1 : 0)) | 0;
  hash128[3] = s | 0;
}

/** Result of {@link token}: high and low word. Overwritten by the next call. */
export const tokenWords = new Int32Array(2);

/**
 * The Murmur3 token of a partition key, into {@link tokenWords}; {@link hash128} holds the whole hash (zeros for the empty
 * key, whose token is the minimum). Cassandra: Murmur3Partitioner#getToken.
 */
export function token(key: Uint8Array, from = 0, to = key.length): void {
  if (from === to) {
    hash128.fill(0);
    tokenWords[0] = -0x80000000;
    tokenWords[1] = 0;
    return;
  }
  murmur3(key, from, to);
  tokenWords[0] = hash128[0];
  tokenWords[1] = hash128[1];
  // -2^63 is kept for "before everything": Cassandra's normalisation.
  if (tokenWords[0] === -0x80000000 && tokenWords[1] === 0) {
    tokenWords[0] = 0x7fffffff;
    tokenWords[1] = -1;
  }
}

/** The token as people see it; one BigInt a call, so not for hot paths. */
export function tokenBigInt(key: Uint8Array): bigint {
  token(key);
  return (BigInt(tokenWords[0]) << 32n) | BigInt(tokenWords[1] >>> 0);
}

// XXH64, the checksum of Zstandard frames. 64-bit values as two int32, because a BigInt for every eight bytes takes longer than
// the decompression.

const P1 = [0x9e3779b1 | 0, 0x85ebca87 | 0] as const;
const P2 = [0xc2b2ae3d | 0, 0x27d4eb4f | 0] as const;
const P3 = [0x165667b1 | 0, 0x9e3779f9 | 0] as const;
const P4 = [0x85ebca77 | 0, 0xc2b2ae63 | 0] as const;
const P5 = [0x27d4eb2f | 0, 0x165667c5 | 0] as const;

type Constant = readonly [hi: number, lo: number];

// The 64-bit value that the functions below work on.
let hi = 0;
let lo = 0;
const lanesHi = new Int32Array(4);
const lanesLo = new Int32Array(4);

/** The low 32 bits of the XXH64 (seed 0) of `bytes[from, to)`, unsigned: what a Zstandard frame ends with. */
export function xxh64Low(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  if (to - from >= 32) {
    set(P1[0], P1[1]);
    add(P2[0], P2[1]);
    keep(0);
    set(P2[0], P2[1]);
    keep(1);
    set(0, 0);
    keep(2);
    set(~P1[0], -P1[1] | 0);
    keep(3);
    for (; at + 32 <= to; at += 32) for (let lane = 0; lane < 4; lane++) round(lane, bytes, at + 8 * lane);
    let sumHi = 0;
    let sumLo = 0;
    for (let lane = 0; lane < 4; lane++) {
      set(lanesHi[lane], lanesLo[lane]);
      rotate(ROTATIONS[lane]);
      add(sumHi, sumLo);
      sumHi = hi;
      sumLo = lo;
    }
    for (let lane = 0; lane < 4; lane++) {
      set(lanesHi[lane], lanesLo[lane]);
      multiply(P2);
      rotate(31);
      multiply(P1);
      set(hi ^ sumHi, lo ^ sumLo);
      multiply(P1);
      add(P4[0], P4[1]);
      sumHi = hi;
      sumLo = lo;
    }
  } else set(P5[0], P5[1]);
  add(0, to - from);
  for (; at + 8 <= to; at += 8) {
    const h = hi;
    const l = lo;
    set(read32(bytes, at + 4), read32(bytes, at));
    multiply(P2);
    rotate(31);
    multiply(P1);
    set(hi ^ h, lo ^ l);
    rotate(27);
    multiply(P1);
    add(P4[0], P4[1]);
  }
  if (at + 4 <= to) {
    const h = hi;
    const l = lo;
    set(0, read32(bytes, at));
    multiply(P1);
    set(hi ^ h, lo ^ l);
    rotate(23);
    multiply(P2);
    add(P3[0], P3[1]);
    at += 4;
  }
  for (; at < to; at++) {
    const h = hi;
    const l = lo;
    set(0, bytes[at]);
    multiply(P5);
    set(hi ^ h, lo ^ l);
    rotate(11);
    multiply(P1);
  }
  // x ^= x >>> 33, 29, 32 with multiplications in between.
  lo ^= hi >>> 1;
  multiply(P2);
  const low = (lo >>> 29) | (hi << 3);
  set(hi ^ (hi >>> 29), lo ^ low);
  multiply(P3);
  return (lo ^ hi) >>> 0;
}

const ROTATIONS = [1, 7, 12, 18] as const;

function round(lane: number, bytes: Uint8Array, at: number): void {
  set(read32(bytes, at + 4), read32(bytes, at));
  multiply(P2);
  add(lanesHi[lane], lanesLo[lane]);
  rotate(31);
  multiply(P1);
  keep(lane);
}

function keep(lane: number): void {
  lanesHi[lane] = hi;
  lanesLo[lane] = lo;
}

function set(h: number, l: number): void {
  hi = h;
  lo = l;
}

function add(h: number, l: number): void {
  const sum = (lo >>> 0) + (l >>> 0);
  hi = (hi + h + (sum > 0xffffffff ? 1 : 0)) | 0;
  lo = sum | 0;
}

function rotate(bits: number): void {
  const h = (hi << bits) | (lo >>> (32 - bits));
  lo = (lo << bits) | (hi >>> (32 - bits));
  hi = h;
}

function multiply(by: Constant): void {
  const a = lo & 0xffff;
  const b = lo >>> 16;
  const c = by[1] & 0xffff;
  const d = by[1] >>> 16;
  const middle = b * c + ((a * c) >>> 16);
  const other = a * d + (middle & 0xffff);
  // Each of the sums is below 2^32.
  const high = b * d + (middle >>> 16) + (other >>> 16);
  hi = (high + Math.imul(hi, by[1]) + Math.imul(lo, by[0])) | 0;
  lo = Math.imul(lo, by[1]);
}

function read32(b: Uint8Array, i: number): number {
  return b[i] | (b[i + 1] << 8) | (b[i + 2] << 16) | (b[i + 3] << 24);
}

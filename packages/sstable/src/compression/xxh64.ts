// XXH64, the checksum of Zstandard frames. 64-bit values as two int32, because a BigInt for every eight bytes takes longer than
// the decompression.

import { viewOf } from './source-view.ts';

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
    const view = viewOf(bytes);
    const end = at + ((to - at) & ~31);
    set(P1[0], P1[1]);
    add(P2[0], P2[1]);
    lane(0, view, at, end);
    set(P2[0], P2[1]);
    lane(1, view, at, end);
    set(0, 0);
    lane(2, view, at, end);
    set(~P1[0], -P1[1] | 0);
    lane(3, view, at, end);
    at = end;
    let sumHi = 0;
    let sumLo = 0;
    for (let i = 0; i < 4; i++) {
      set(lanesHi[i], lanesLo[i]);
      rotate(ROTATIONS[i]);
      add(sumHi, sumLo);
      sumHi = hi;
      sumLo = lo;
    }
    for (let i = 0; i < 4; i++) {
      set(lanesHi[i], lanesLo[i]);
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

/**
 * One of the four lanes that every 32 bytes are spread over, from what is set on, up to `end`. Nearly all the time goes here, so that the
 * steps below stand here once more, on local variables.
 */
function lane(index: number, view: DataView, at: number, end: number): void {
  let accHi = hi;
  let accLo = lo;
  for (let i = at + 8 * index; i < end; i += 32) {
    const valueLo = view.getInt32(i, true);
    // value × P2, added.
    let a = valueLo & 0xffff;
    let b = valueLo >>> 16;
    let middle = b * 0xeb4f + ((a * 0xeb4f) >>> 16);
    let other = a * 0x27d4 + (middle & 0xffff);
    const productLo = Math.imul(valueLo, 0x27d4eb4f);
    const productHi =
      b * 0x27d4 +
      (middle >>> 16) +
      (other >>> 16) +
      Math.imul(view.getInt32(i + 4, true), 0x27d4eb4f) +
      Math.imul(valueLo, 0xc2b2ae3d);
    const sum = (accLo >>> 0) + (productLo >>> 0);
    accHi = (accHi + productHi + (sum > 0xffffffff ? 1 : 0)) | 0;
    accLo = sum | 0;
    const rotated = (accHi << 31) | (accLo >>> 1);
    accLo = (accLo << 31) | (accHi >>> 1);
    // × P1.
    a = accLo & 0xffff;
    b = accLo >>> 16;
    middle = b * 0xca87 + ((a * 0xca87) >>> 16);
    other = a * 0x85eb + (middle & 0xffff);
    accHi = (b * 0x85eb + (middle >>> 16) + (other >>> 16) + Math.imul(rotated, 0x85ebca87) + Math.imul(accLo, 0x9e3779b1)) | 0;
    accLo = Math.imul(accLo, 0x85ebca87);
  }
  lanesHi[index] = accHi;
  lanesLo[index] = accLo;
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

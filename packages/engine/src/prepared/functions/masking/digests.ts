// Digests without the platform's: its own are asked for and waited for, and a SELECT can't wait for each cell. FIPS 180-4, RFC 1321.

/** Makes the digest of bytes. */
export type Digest = (bytes: Uint8Array) => Uint8Array;

/** The message with its padding: 0x80, zeros, and the length in bits at the end of a block. */
function padded(bytes: Uint8Array, block: 64 | 128, littleEndian: boolean): DataView {
  const lengthBytes = block / 8;
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const message = new Uint8Array(size);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  if (littleEndian) view.setBigUint64(size - 8, BigInt(bytes.length) * 8n, true);
  else view.setBigUint64(size - 8, BigInt(bytes.length) * 8n);
  return view;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 64 bits behind the point of a root: of degree 2 or 3. */
function rootBits(of: number, degree: 2 | 3): bigint {
  const target = BigInt(of) << BigInt(64 * degree);
  let low = 0n;
  let high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return BigInt.asUintN(64, low);
}

const cubes = primes(80).map((prime) => rootBits(prime, 3));
const squares = primes(16).map((prime) => rootBits(prime, 2));
const rounds256 = Int32Array.from(cubes.slice(0, 64), (bits) => Number(bits >> 32n) | 0);

const rotate = (value: number, by: number) => (value >>> by) | (value << (32 - by));

function sha256(start: readonly number[], length: number): Digest {
  return (bytes) => {
    const view = padded(bytes, 64, false);
    const state = Int32Array.from(start);
    const w = new Int32Array(64);
    for (let block = 0; block < view.byteLength; block += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getInt32(block + 4 * i);
      for (let i = 16; i < 64; i++) {
        const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3);
        const s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + rounds256[i] + w[i]) | 0;
        const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
      }
      for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] += value;
    }
    return bigEndian(state, length);
  };
}

function bigEndian(words: Int32Array, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [i, word] of words.entries()) view.setInt32(4 * i, word);
  return new Uint8Array(view.buffer, 0, length);
}

const rotate64 = (value: bigint, by: bigint) => BigInt.asUintN(64, (value >> by) | (value << (64n - by)));
const word64 = (value: bigint) => BigInt.asUintN(64, value);

function sha512(start: readonly bigint[], length: number): Digest {
  return (bytes) => {
    const view = padded(bytes, 128, false);
    const state = [...start];
    const w: bigint[] = new Array(80).fill(0n);
    for (let block = 0; block < view.byteLength; block += 128) {
      for (let i = 0; i < 16; i++) w[i] = view.getBigUint64(block + 8 * i);
      for (let i = 16; i < 80; i++) {
        const s0 = rotate64(w[i - 15], 1n) ^ rotate64(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
        const s1 = rotate64(w[i - 2], 19n) ^ rotate64(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
        w[i] = word64(w[i - 16] + s0 + w[i - 7] + s1);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 80; i++) {
        const s1 = rotate64(e, 14n) ^ rotate64(e, 18n) ^ rotate64(e, 41n);
        const t1 = word64(h + s1 + ((e & f) ^ (word64(~e) & g)) + cubes[i] + w[i]);
        const s0 = rotate64(a, 28n) ^ rotate64(a, 34n) ^ rotate64(a, 39n);
        const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        [h, g, f, e, d, c, b, a] = [g, f, e, word64(d + t1), c, b, a, word64(t1 + t2)];
      }
      for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = word64(state[i] + value);
    }
    const result = new DataView(new ArrayBuffer(64));
    for (const [i, word] of state.entries()) result.setBigUint64(8 * i, word);
    return new Uint8Array(result.buffer, 0, length);
  };
}

const sha1: Digest = (bytes) => {
  const view = padded(bytes, 64, false);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const w = new Int32Array(80);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 31);
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotate(a, 27) + f + e + k + w[i]) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 2), a, next];
    }
    for (const [i, value] of [a, b, c, d, e].entries()) state[i] += value;
  }
  return bigEndian(state, 20);
};

const md5Shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const md5Rounds = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

const md5: Digest = (bytes) => {
  const view = padded(bytes, 64, true);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const [f, word] = [
        [(b & c) | (~b & d), i],
        [(d & b) | (~d & c), 5 * i + 1],
        [b ^ c ^ d, 3 * i + 5],
        [c ^ (b | ~d), 7 * i],
      ][round];
      const turned = (a + f + md5Rounds[i] + view.getInt32(block + 4 * (word % 16), true)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotate(turned, 32 - md5Shifts[round][i % 4])) | 0];
    }
    for (const [i, value] of [a, b, c, d].entries()) state[i] += value;
  }
  const result = new DataView(new ArrayBuffer(16));
  for (const [i, word] of state.entries()) result.setInt32(4 * i, word, true);
  return new Uint8Array(result.buffer);
};

const high = (bits: bigint) => Number(bits >> 32n);
const roots384 = primes(16)
  .slice(8)
  .map((prime) => rootBits(prime, 2));

const digests: Readonly<Record<string, Digest>> = {
  MD5: md5,
  'SHA-1': sha1,
  SHA: sha1,
  SHA1: sha1,
  // What SHA-384 begins with, the lower half of each word.
  'SHA-224': sha256(
    roots384.map((bits) => Number(bits & 0xffffffffn)),
    28,
  ),
  'SHA-256': sha256(squares.slice(0, 8).map(high), 32),
  'SHA-384': sha512(roots384, 48),
  'SHA-512': sha512(squares.slice(0, 8), 64),
};

/** The digest of that name, whatever its case; undefined where there is none. Java: MessageDigest#getInstance. */
export function digestOf(name: string): Digest | undefined {
  const known = name.toUpperCase();
  return Object.hasOwn(digests, known) ? digests[known] : undefined;
}

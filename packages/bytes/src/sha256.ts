const ROUND_CONSTANTS = /* @__PURE__ */ fractions(64, 1 / 3);
const INITIAL = /* @__PURE__ */ fractions(8, 1 / 2);

/** SHA-256 of what comes in pieces: Web Crypto takes a message only as a whole. */
export class Sha256 {
  private readonly state = INITIAL.slice();
  private readonly schedule = new Int32Array(64);
  private readonly block = new Uint8Array(64);
  private filled = 0;
  private length = 0;

  /** Takes the next bytes. */
  update(bytes: Uint8Array): this {
    const { block } = this;
    this.length += bytes.length;
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(64 - this.filled, bytes.length);
      block.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 64) return this;
      this.compress(block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    block.set(bytes.subarray(at));
    this.filled = bytes.length - at;
    return this;
  }

  /** The 32 bytes of the digest; nothing may come after. */
  digest(): Uint8Array {
    const { length, filled } = this;
    const tail = new Uint8Array(filled < 56 ? 64 - filled : 128 - filled);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(length / 0x20000000));
    view.setUint32(tail.length - 4, (length << 3) >>> 0);
    this.update(tail);
    const out = new Uint8Array(32);
    const words = new DataView(out.buffer);
    for (let i = 0; i < 8; i++) words.setInt32(i * 4, this.state[i]);
    return out;
  }

  private compress(bytes: Uint8Array, from: number): void {
    const { state, schedule: w } = this;
    for (let i = 0, p = from; i < 16; i++, p += 4) {
      w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}

/** The first 32 bits after the point of that root of the first primes, which is what SHA-256's constants are. */
function fractions(count: number, exponent: number): Int32Array {
  const out = new Int32Array(count);
  for (let n = 0, candidate = 2; n < count; candidate++) {
    let isPrime = true;
    for (let i = 2; i * i <= candidate; i++) if (candidate % i === 0) isPrime = false;
    if (!isPrime) continue;
    const root = candidate ** exponent;
    out[n++] = ((root - Math.floor(root)) * 0x100000000) | 0;
  }
  return out;
}

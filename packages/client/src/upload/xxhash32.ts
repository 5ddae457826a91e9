const PRIME1 = 0x9e3779b1 | 0;
const PRIME2 = 0x85ebca77 | 0;
const PRIME3 = 0xc2b2ae3d | 0;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;

/** XXH32 with seed 0 of what comes in pieces: the digest that Cassandra Sidecar looks at. */
export class XxHash32 {
  private readonly lanes = Int32Array.of(PRIME1 + PRIME2, PRIME2, 0, -PRIME1);
  private readonly block = new Uint8Array(16);
  private filled = 0;
  private length = 0;

  /** Takes the next bytes. */
  update(bytes: Uint8Array): this {
    const { block } = this;
    this.length += bytes.length;
    let at = 0;
    if (this.filled > 0) {
      at = Math.min(16 - this.filled, bytes.length);
      block.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 16) return this;
      this.round(block, 0);
      this.filled = 0;
    }
    for (; at + 16 <= bytes.length; at += 16) this.round(bytes, at);
    block.set(bytes.subarray(at));
    this.filled = bytes.length - at;
    return this;
  }

  /** The hash of all so far, from 0 to 2^32 - 1. */
  digest(): number {
    const { lanes, block, filled, length } = this;
    let hash = length >= 16 ? rotl(lanes[0], 1) + rotl(lanes[1], 7) + rotl(lanes[2], 12) + rotl(lanes[3], 18) : PRIME5;
    hash = (hash + length) | 0;
    let at = 0;
    for (; at + 4 <= filled; at += 4) hash = Math.imul(rotl((hash + Math.imul(word(block, at), PRIME3)) | 0, 17), PRIME4);
    for (; at < filled; at++) hash = Math.imul(rotl((hash + Math.imul(block[at], PRIME5)) | 0, 11), PRIME1);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  private round(bytes: Uint8Array, from: number): void {
    for (let lane = 0; lane < 4; lane++) {
      const sum = (this.lanes[lane] + Math.imul(word(bytes, from + lane * 4), PRIME2)) | 0;
      this.lanes[lane] = Math.imul(rotl(sum, 13), PRIME1);
    }
  }
}

function rotl(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Little-endian. */
function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Writes bits from the lowest up, as Zstandard's streams that are read backwards want them. Reused; target and place are set by `start`. */
export class BitWriter {
  /** Where the next byte goes. */
  at = 0;
  private target: Uint8Array = new Uint8Array(0);
  private hold = 0;
  private count = 0;

  start(target: Uint8Array, at: number): void {
    this.target = target;
    this.at = at;
    this.hold = 0;
    this.count = 0;
  }

  /** Adds the low `count` bits, at most 16, of a value. */
  add(value: number, count: number): void {
    this.hold |= (value & ((1 << count) - 1)) << this.count;
    this.count += count;
    while (this.count >= 8) {
      this.target[this.at++] = this.hold;
      this.hold >>>= 8;
      this.count -= 8;
    }
  }

  /** Adds the low `count` bits, at most 32, of a value. */
  addLong(value: number, count: number): void {
    if (count > 16) {
      this.add(value, 16);
      this.add(value >>> 16, count - 16);
    } else this.add(value, count);
  }

  /** Adds zeros up to a whole byte; returns the end. */
  pad(): number {
    if (this.count > 0) this.add(0, 8 - this.count);
    return this.at;
  }

  /** Adds the mark that a stream begins behind, and zeros up to a whole byte; returns the end. */
  finish(): number {
    this.add(1, 1);
    return this.pad();
  }
}

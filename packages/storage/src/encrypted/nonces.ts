import { NONCE_SIZE } from './frame-cipher.ts';

const POOL = 256;

/** Random nonces, drawn many at a time. */
export class Nonces {
  private readonly bytes = new Uint8Array(POOL * NONCE_SIZE);
  private used = POOL;

  /** One that was not given before; a view, valid until the next call. */
  next(): Uint8Array {
    if (this.used === POOL) {
      crypto.getRandomValues(this.bytes);
      this.used = 0;
    }
    const from = this.used++ * NONCE_SIZE;
    return this.bytes.subarray(from, from + NONCE_SIZE);
  }
}

import { CassetteError, fromHex, toHex } from '@cassette/bytes';
import { platformRandomBytes } from './platform.ts';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID of any version: 16 bytes. */
export class Uuid {
  /** The bytes in the order they are printed in. */
  readonly bytes: Uint8Array;
  /** Never there: tells TypeScript that nothing else of this shape is a UUID, an address for one. */
  declare protected readonly isUuid: never;

  /** Takes 16 bytes as they are; use {@link Uuid.parse} for text. Throws CassetteError INVALID_UUID for another length. */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== 16) throw new CassetteError('INVALID_UUID', `A UUID has 16 bytes, not ${bytes.length}`);
    this.bytes = bytes;
  }

  /** From `8-4-4-4-12` hexadecimal digits. Throws CassetteError INVALID_UUID for anything else. */
  static parse(text: string): Uuid {
    const bytes = pattern.test(text) ? fromHex(text.replaceAll('-', '')) : null;
    if (bytes === null) throw new CassetteError('INVALID_UUID', `'${text}' is not a UUID`, { text });
    return new Uuid(bytes);
  }

  /**
   * A new one of version 4: an id that no other device makes. `randomBytes` gives that many random bytes; the platform's
   * cryptographic ones if absent.
   */
  static random(randomBytes: (count: number) => Uint8Array = platformRandomBytes): Uuid {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return new Uuid(bytes);
  }

  /** Version nibble: 1 for time, 4 for random, … */
  get version(): number {
    return this.bytes[6] >> 4;
  }

  equals(other: Uuid): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    const h = toHex(this.bytes);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  }

  /** As text, which is how JSON has it. */
  toJSON(): string {
    return this.toString();
  }
}

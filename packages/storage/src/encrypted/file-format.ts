import { crc32c } from '@cassette/bytes';
import { NONCE_SIZE, TAG_SIZE } from './frame-cipher.ts';

// A file of an encrypted store. Big-endian. It is a log of frames: what was written is never written again, so that a power cut can tear
// what was not flushed and nothing else, and no nonce meets another plaintext.
//
//   header, twice (of a file that was renamed one has the old name's tag, the other the new one's)
//     magic      8 bytes  "CASSENCR"
//     version    u32      FILE_VERSION
//     frame size u32      plaintext of the largest frame, in bytes
//     key id     8 bytes  of the store's key
//     file id    16 bytes random; the file's key is made of it and of the store's key
//     name tag   16 bytes HMAC-SHA-256 of file id and file name, the first half
//     zeros      4 bytes
//     checksum   u32      CRC-32C of what is before it
//   frames, one after the other
//     marker     u32      ca 55 e2 c9: where reading goes on after bytes that make no sense
//     length     u32      of the plaintext, 1 to frame size
//     position   u64      of the plaintext in the file as its readers see it
//     nonce      12 bytes random
//     checksum   u32      CRC-32C of the file id and of the frame up to here
//     ciphertext          as long as the plaintext, AES-256-GCM; the frame up to the checksum is its associated data
//     tag        16 bytes

/** Version of the layout. */
export const FILE_VERSION = 1;
/** Plaintext of the frames that are written. Bytes. Small, for whoever reads a byte of a frame deciphers all of it. */
export const FRAME_SIZE = 4096;
/** Larger ones are no frame size that Cassette ever writes. */
const FRAME_SIZE_MAX = 1 << 20;
/** Bytes of one of the two copies of the header. */
export const HEADER_COPY_SIZE = 64;
/** Bytes before the first frame. */
export const HEADER_SIZE = 2 * HEADER_COPY_SIZE;
/** Bytes of a frame before its ciphertext. */
export const FRAME_HEADER_SIZE = 32;
/** Bytes that a frame has beside its plaintext. */
export const FRAME_OVERHEAD = FRAME_HEADER_SIZE + TAG_SIZE;
/** First four bytes of a frame. */
export const FRAME_MARKER = 0xca55e2c9;

const MAGIC = new TextEncoder().encode('CASSENCR');

/** What a copy of the header says. */
export interface FileHeader {
  readonly frameSize: number;
  readonly keyId: Uint8Array;
  readonly fileId: Uint8Array<ArrayBuffer>;
  readonly nameTag: Uint8Array;
}

/** One copy of a header. */
export function encodeHeader({ frameSize, keyId, fileId, nameTag }: FileHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_COPY_SIZE);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FILE_VERSION);
  view.setUint32(12, frameSize);
  bytes.set(keyId, 16);
  bytes.set(fileId, 24);
  bytes.set(nameTag, 40);
  view.setUint32(60, crc32c(bytes, 0, 60));
  return bytes;
}

/** Reads one; null where it is none, or damaged. */
export function decodeHeader(bytes: Uint8Array): FileHeader | null {
  if (bytes.length < HEADER_COPY_SIZE || !MAGIC.every((byte, i) => bytes[i] === byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const frameSize = view.getUint32(12);
  if (view.getUint32(60) !== crc32c(bytes, 0, 60) || view.getUint32(8) !== FILE_VERSION) return null;
  if (frameSize === 0 || frameSize > FRAME_SIZE_MAX) return null;
  return { frameSize, keyId: bytes.slice(16, 24), fileId: bytes.slice(24, 40), nameTag: bytes.slice(40, 56) };
}

/** Whether bytes begin as a file of an encrypted store does. */
export function isEncryptedFile(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);
}

/** What the checksums of a file's frames begin from: frames of another file are none of this one. */
export function frameSalt(fileId: Uint8Array): number {
  return crc32c(fileId, 0, fileId.length);
}

/** Writes a frame's header at `at`. */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  length: number,
  position: number,
  nonce: Uint8Array,
  salt: number,
): void {
  const view = new DataView(target.buffer, target.byteOffset + at);
  view.setUint32(0, FRAME_MARKER);
  view.setUint32(4, length);
  view.setUint32(8, Math.floor(position / 0x100000000));
  view.setUint32(12, position >>> 0);
  target.set(nonce, at + 16);
  view.setUint32(28, crc32c(target, at, at + 28, salt));
}

/** What a frame's header says of where its plaintext is. */
export interface FramePlace {
  readonly length: number;
  readonly position: number;
}

/** Reads the header at `at`; null where it is none, or damaged. The tag alone vouches for it. */
export function readFrameHeader(bytes: Uint8Array, at: number, salt: number, frameSize: number): FramePlace | null {
  if (at + FRAME_HEADER_SIZE > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (view.getUint32(0) !== FRAME_MARKER || view.getUint32(28) !== crc32c(bytes, at, at + 28, salt)) return null;
  const length = view.getUint32(4);
  const position = view.getUint32(8) * 0x100000000 + view.getUint32(12);
  return length === 0 || length > frameSize || !Number.isSafeInteger(position) ? null : { length, position };
}

/** The nonce of the frame at `at`; a view. */
export function nonceOf(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at + 16, at + 16 + NONCE_SIZE);
}

/** What the tag of the frame at `at` vouches for beside the plaintext; a view. */
export function associatedOf(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at, at + 28);
}

import { CorruptionError } from '@cassette/bytes';
import { checkPosition, fileClosed } from '../shared/file-calls.ts';
import type { StorageFile } from '../storage.ts';
import { appendOnly } from './errors.ts';
import {
  associatedOf,
  encodeHeader,
  type FileHeader,
  FRAME_HEADER_SIZE,
  FRAME_OVERHEAD,
  frameSalt,
  HEADER_COPY_SIZE,
  HEADER_SIZE,
  nonceOf,
  readFrameHeader,
  writeFrameHeader,
} from './file-format.ts';
import type { FrameCache } from './frame-cache.ts';
import type { FrameCipher } from './frame-cipher.ts';
import { type FrameAt, FrameIndex } from './frame-index.ts';
import type { Nonces } from './nonces.ts';
import { scanFrames, tornSize } from './scan-frames.ts';

/** Bytes of the file as it is that are read at a time, where so many are asked for. */
const READ_BYTES = 64 * 1024;
/** What readers who take damage see in its place: the beginning of no record. */
const DAMAGED = 0xff;

/** What an EncryptedFile is made of. */
export interface EncryptedFileParts {
  /** As it is on the disk. */
  readonly inner: StorageFile;
  /** What the file says it is, or will say with its first frame. */
  readonly header: FileHeader;
  readonly cipher: FrameCipher;
  /**
   * `new`: the file has no header yet; `whole`: it has one of this store and of its name; `damaged`: it has none that is, and nothing of it
   * can be read. What is written then makes it a new one.
   */
  readonly state: 'new' | 'whole' | 'damaged';
  readonly cache: FrameCache;
  readonly nonces: Nonces;
  /** Number in the cache. */
  readonly number: number;
  /** See Storage.open. */
  readonly bulk: boolean;
  readonly lenient: boolean;
  readonly onClose: (file: EncryptedFile) => void;
}

/**
 * A file whose bytes are sealed in frames, see file-format.ts. It is only appended to, or cut where a frame ends (as a log does that takes
 * a refused write back); overwriting throws ENCRYPTION_APPEND_ONLY, and so does writing behind what a power cut tore. Each `write` is a frame or some, at once in the file as it is in a plain
 * store; a `bulk` file holds back what does not fill a frame, until `flush` or `close`. What a tag does not vouch for is a CorruptionError
 * with the file and the offset in the file as it is on the disk.
 */
export class EncryptedFile implements StorageFile {
  readonly name: string;
  private readonly parts: EncryptedFileParts;
  private readonly inner: StorageFile;
  private readonly salt: number;
  private readonly frameSize: number;
  private state: EncryptedFileParts['state'];
  private index: FrameIndex;
  /** Where the next frame goes. */
  private end: number;
  /** Held back: the first `held` bytes. */
  private readonly tail: Uint8Array;
  private held = 0;
  /** Whether its end is damaged: it is cut, or nothing more is written. */
  private isTorn = false;
  private isClosed = false;

  constructor(parts: EncryptedFileParts) {
    const { inner, header, state } = parts;
    this.parts = parts;
    this.inner = inner;
    this.name = inner.name;
    this.salt = frameSalt(header.fileId);
    this.frameSize = header.frameSize;
    this.state = state;
    this.tail = new Uint8Array(parts.bulk ? header.frameSize : 0);
    if (state === 'whole') {
      const { index, end, isTorn } = scanFrames(inner, this.salt, this.frameSize);
      this.index = index;
      this.end = end;
      this.isTorn = isTorn;
      return;
    }
    this.index = new FrameIndex(FRAME_OVERHEAD);
    if (state === 'damaged') {
      this.index.appendDamaged(0, tornSize(inner.size - HEADER_SIZE));
      this.isTorn = true;
    }
    this.end = HEADER_SIZE;
  }

  get size(): number {
    return this.index.size + this.held;
  }

  get physicalSize(): number {
    return this.inner.size;
  }

  read(target: Uint8Array, position: number): number {
    this.check();
    checkPosition(position, 'position');
    const count = Math.max(0, Math.min(target.length, this.size - position));
    const sealed = Math.min(count, Math.max(0, this.index.size - position));
    this.readSealed(target.subarray(0, sealed), position);
    if (count > sealed) {
      const from = position + sealed - this.index.size;
      target.set(this.tail.subarray(from, from + count - sealed), sealed);
    }
    return count;
  }

  storedBytes(position: number, size: number): Uint8Array {
    this.check();
    const { index } = this;
    const end = Math.min(position + size, index.size);
    const header = this.stored(0, HEADER_SIZE);
    if (end <= position) return header;
    const last = index.at(end - 1);
    const next = last.position + last.length;
    const from = Math.max(index.at(position).physical, header.length);
    const to = next < index.size ? index.at(next).physical : this.inner.size;
    return joined([header, this.stored(from, to - from)]);
  }

  write(bytes: Uint8Array, position: number): void {
    this.check();
    checkPosition(position, 'position');
    if (bytes.length === 0) return;
    if (position !== this.size) throw appendOnly(this.name, 'overwrite a part of, or leave a gap in,');
    if (this.isTorn) throw appendOnly(this.name, 'write behind the damaged end of');
    if (!this.parts.bulk) {
      this.seal([bytes]);
      return;
    }
    const left = (this.held + bytes.length) % this.frameSize;
    if (this.held + bytes.length >= this.frameSize) {
      this.seal([this.tail.subarray(0, this.held), bytes.subarray(0, bytes.length - left)]);
      this.held = 0;
    }
    this.tail.set(left < bytes.length ? bytes.subarray(bytes.length - left) : bytes, this.held);
    this.held = left;
  }

  truncate(size: number): void {
    this.check();
    checkPosition(size, 'size');
    if (size === this.size) return;
    if (size > this.size) throw appendOnly(this.name, 'extend');
    if (size >= this.index.size) {
      this.held = size - this.index.size;
      return;
    }
    if (size === 0) this.cutAll();
    else {
      const frame = this.index.at(size);
      if (frame.position !== size) throw appendOnly(this.name, 'cut a frame of');
      this.inner.truncate(frame.physical);
      this.index.cut(size);
      this.end = frame.physical;
    }
    this.isTorn = false;
    this.held = 0;
    this.parts.cache.drop(this.parts.number);
  }

  flush(): void {
    this.check();
    this.sealTail();
    this.inner.flush();
  }

  close(): void {
    if (this.isClosed) return;
    try {
      this.sealTail();
    } catch {
      // Nothing that is held back counts before a flush, and closing never fails.
    }
    this.isClosed = true;
    this.parts.cache.drop(this.parts.number);
    this.parts.cipher.destroy();
    this.tail.fill(0);
    this.inner.close();
    this.parts.onClose(this);
  }

  private cutAll(): void {
    this.inner.truncate(0);
    this.index = new FrameIndex(FRAME_OVERHEAD);
    this.end = HEADER_SIZE;
    this.state = 'new';
  }

  private sealTail(): void {
    if (this.held === 0) return;
    this.seal([this.tail.subarray(0, this.held)]);
    this.held = 0;
  }

  /** Appends frames of these bytes in one write, and the header before them where there is none yet. */
  private seal(pieces: readonly Uint8Array[]): void {
    const { frameSize, salt, end, parts } = this;
    const plain = pieces.length === 1 ? pieces[0] : joined(pieces);
    const frames = Math.ceil(plain.length / frameSize);
    const isNew = this.state === 'new';
    const out = new Uint8Array((isNew ? HEADER_SIZE : 0) + plain.length + frames * FRAME_OVERHEAD);
    let at = 0;
    if (isNew) {
      const copy = encodeHeader(parts.header);
      out.set(copy, 0);
      out.set(copy, HEADER_COPY_SIZE);
      at = HEADER_SIZE;
    }
    for (let from = 0; from < plain.length; from += frameSize) {
      const bytes = plain.subarray(from, Math.min(from + frameSize, plain.length));
      writeFrameHeader(out, at, bytes.length, this.index.size + from, parts.nonces.next(), salt);
      out.set(parts.cipher.seal(nonceOf(out, at), associatedOf(out, at), bytes), at + FRAME_HEADER_SIZE);
      at += bytes.length + FRAME_OVERHEAD;
    }
    this.inner.write(out, isNew ? 0 : end);
    const full = Math.floor(plain.length / frameSize);
    const rest = plain.length % frameSize;
    if (full > 0) this.index.append(end, frameSize, full);
    if (rest > 0) this.index.append(end + full * (frameSize + FRAME_OVERHEAD), rest, 1);
    this.end = end + plain.length + frames * FRAME_OVERHEAD;
    this.state = 'whole';
  }

  /** Fills the target with what is sealed from `position` on. */
  private readSealed(target: Uint8Array, position: number): void {
    const { cache, number } = this.parts;
    for (let done = 0; done < target.length; ) {
      const frame = this.index.at(position + done);
      const from = position + done - frame.position;
      const count = Math.min(frame.length - from, target.length - done);
      const into = target.subarray(done, done + count);
      const kept = frame.damaged ? undefined : cache.get(number, frame.physical);
      if (frame.damaged) this.damaged(into, frame, 'bytes that are no frame of it');
      else if (kept !== undefined) into.set(kept.subarray(from, from + count));
      else if (count === frame.length) {
        done += this.readFrames(target.subarray(done), frame);
        continue;
      } else {
        const stored = this.stored(frame.physical, frame.length + FRAME_OVERHEAD);
        const plain = this.opened(stored, 0, frame);
        if (plain === null) this.damaged(into, frame, 'a frame whose tag is wrong');
        else {
          into.set(plain.subarray(from, from + count));
          cache.put(number, frame.physical, plain);
        }
      }
      done += count;
    }
  }

  /** Reads whole frames, from that one on as many as fit: in a row there is one read for some. Returns the bytes they had. */
  private readFrames(target: Uint8Array, first: FrameAt): number {
    const stored = this.stored(
      first.physical,
      Math.max(Math.min(READ_BYTES, target.length), first.length) + FRAME_OVERHEAD * Math.ceil(READ_BYTES / this.frameSize),
    );
    let done = 0;
    for (let frame = first; ; frame = this.index.at(frame.position + frame.length)) {
      const at = frame.physical - first.physical;
      const isHere = at + frame.length + FRAME_OVERHEAD <= stored.length;
      if (done > 0 && (frame.damaged || frame.length > target.length - done || !isHere)) return done;
      const plain = isHere ? this.opened(stored, at, frame) : null;
      const into = target.subarray(done, done + frame.length);
      if (plain === null) this.damaged(into, frame, 'a frame whose tag is wrong');
      else {
        into.set(plain);
        plain.fill(0);
      }
      done += frame.length;
      if (frame.position + frame.length >= this.index.size || done === target.length) return done;
    }
  }

  private stored(physical: number, count: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(count, this.inner.size - physical)));
    return bytes.subarray(0, this.inner.read(bytes, physical));
  }

  /** The plaintext of the frame at `at`; null where it is not the one that it should be, all of it. */
  private opened(stored: Uint8Array, at: number, { position, length }: FrameAt): Uint8Array | null {
    const found = readFrameHeader(stored, at, this.salt, this.frameSize);
    if (found === null || found.position !== position || found.length !== length) return null;
    const sealed = stored.subarray(at + FRAME_HEADER_SIZE, at + length + FRAME_OVERHEAD);
    return this.parts.cipher.open(nonceOf(stored, at), associatedOf(stored, at), sealed);
  }

  private damaged(target: Uint8Array, { physical, position, length }: FrameAt, what: string): void {
    if (!this.parts.lenient) {
      throw new CorruptionError(`The encrypted file is damaged: ${what}`, this.name, physical, { position, length });
    }
    target.fill(DAMAGED);
  }

  private check(): void {
    if (this.isClosed) throw fileClosed(this.name);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

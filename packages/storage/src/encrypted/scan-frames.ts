import type { StorageFile } from '../storage.ts';
import { FRAME_HEADER_SIZE, FRAME_MARKER, FRAME_OVERHEAD, type FramePlace, HEADER_SIZE, readFrameHeader } from './file-format.ts';
import { FrameIndex } from './frame-index.ts';

/** Bytes that are looked through at a time for the next frame. */
const SEARCH_BYTES = 64 * 1024;

/** What a file's frames are. */
export interface ScannedFrames {
  readonly index: FrameIndex;
  /** Where the next frame is written. */
  readonly end: number;
  /** Whether what is behind the last frame is damaged: a frame behind that could be taken for a part of it. */
  readonly isTorn: boolean;
}

/**
 * Finds the frames of a file by their headers; nothing is deciphered. Of a file of full frames it reads two headers: where a frame's
 * position is that of so many full ones, all before it are full, for none is more than that. What is between frames and is none is damage;
 * what is behind the last one is too, but for zeros, which a power cut may leave.
 */
export function scanFrames(file: StorageFile, salt: number, frameSize: number): ScannedFrames {
  return new Scan(file, salt, frameSize).run();
}

class Scan {
  private readonly file: StorageFile;
  private readonly salt: number;
  private readonly frameSize: number;
  private readonly stride: number;
  private readonly index = new FrameIndex(FRAME_OVERHEAD);
  private readonly bytes = new Uint8Array(FRAME_HEADER_SIZE);

  constructor(file: StorageFile, salt: number, frameSize: number) {
    this.file = file;
    this.salt = salt;
    this.frameSize = frameSize;
    this.stride = frameSize + FRAME_OVERHEAD;
  }

  run(): ScannedFrames {
    const { file, index, frameSize, stride } = this;
    let at = HEADER_SIZE;
    while (at < file.size) {
      const frame = this.frameAt(at);
      if (frame?.position === index.size) {
        const count = frame.length === frameSize ? this.fullFrom(at, index.size) : 1;
        index.append(at, frame.length, count);
        at += count === 1 ? frame.length + FRAME_OVERHEAD : count * stride;
        continue;
      }
      const next = this.next(at + 1, at);
      if (next === null) return this.tail(at);
      // A frame of before that somebody put here has nothing that is missing before it.
      if (next.position > index.size) index.appendDamaged(at, next.position - index.size);
      at = next.at;
    }
    return { index, end: at, isTorn: false };
  }

  /** The header there, of a frame that is all in the file. */
  private frameAt(at: number): FramePlace | null {
    const { bytes, file } = this;
    if (at + FRAME_OVERHEAD >= file.size || file.read(bytes, at) < FRAME_HEADER_SIZE) return null;
    const frame = readFrameHeader(bytes, 0, this.salt, this.frameSize);
    return frame === null || at + FRAME_OVERHEAD + frame.length > file.size ? null : frame;
  }

  /** How many full frames there are one after the other from that one on, which is one. */
  private fullFrom(at: number, position: number): number {
    const { stride, frameSize, file } = this;
    const isFrame = (count: number) => this.frameAt(at + count * stride)?.position === position + count * frameSize;
    const most = Math.floor((file.size - at) / stride);
    const last = Math.max(1, Math.ceil((file.size - at) / stride) - 1);
    if (isFrame(last)) return last;
    let known = 0;
    let unknown = 1;
    while (unknown <= most && isFrame(unknown)) {
      known = unknown;
      unknown *= 2;
    }
    unknown = Math.min(unknown, most + 1);
    while (unknown - known > 1) {
      const middle = (known + unknown) >>> 1;
      if (isFrame(middle)) known = middle;
      else unknown = middle;
    }
    return Math.max(1, known);
  }

  /** The next frame from `from` on that can follow what is known up to `gapFrom`; null where there is none. */
  private next(from: number, gapFrom: number): { readonly at: number; readonly position: number } | null {
    const { file, index } = this;
    const buffer = new Uint8Array(SEARCH_BYTES + 3);
    for (let base = from; base < file.size; base += SEARCH_BYTES) {
      const count = file.read(buffer, base);
      for (
        let i = buffer.indexOf(FRAME_MARKER >>> 24);
        i >= 0 && i < SEARCH_BYTES;
        i = buffer.indexOf(FRAME_MARKER >>> 24, i + 1)
      ) {
        if (i + 4 > count) break;
        if (buffer[i + 1] !== ((FRAME_MARKER >>> 16) & 255) || buffer[i + 2] !== ((FRAME_MARKER >>> 8) & 255)) continue;
        const at = base + i;
        const frame = this.frameAt(at);
        if (frame === null || frame.position < index.size) continue;
        // What is missing can't be more than the bytes it was in: a header that says so is not this file's own.
        if (frame.position - index.size <= at - gapFrom) return { at, position: frame.position };
      }
    }
    return null;
  }

  /** What is behind the last frame: torn off by a power cut, or damaged later. Its size is told as if it were one frame. */
  private tail(at: number): ScannedFrames {
    const { file, index } = this;
    const rest = file.size - at;
    const buffer = new Uint8Array(Math.min(SEARCH_BYTES, rest));
    for (let from = at; from < file.size; from += buffer.length) {
      const count = file.read(buffer, from);
      for (let i = 0; i < count; i++) {
        if (buffer[i] === 0) continue;
        index.appendDamaged(at, tornSize(rest));
        return { index, end: file.size, isTorn: true };
      }
    }
    return { index, end: at, isTorn: false };
  }
}

/** Bytes that readers are shown for so many that are no frame. */
export function tornSize(physical: number): number {
  return Math.max(1, physical - FRAME_OVERHEAD);
}

import { ByteWriter, CassetteError, crc32 } from '@cassette/bytes';
import { ChunkWriter, type ExportSink } from './chunk-writer.ts';

// A zip as it is written front to back (PKWARE's APPNOTE.TXT, version 6.3):
//
//   for each entry   local header, name, content, data descriptor      sizes and CRC are only known afterwards: bit 3 of the flags
//   at the end       central directory, Zip64 records where something needs more than 16 or 32 bits, end of central directory
//
// Entries of 4 GiB and more, and those that begin past 4 GiB, have their sizes and offset in a Zip64 extra field of 64-bit numbers, and the
// field's place is kept by ones. All else is as it would be without Zip64: other zips are as every reader knows them.

const LOCAL_HEADER = 0x04034b50;
const DATA_DESCRIPTOR = 0x08074b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_EXTRA = 0x0001;

/** Sizes follow the content; names are UTF-8. */
const FLAGS = 0x0808;
const STORED = 0;
const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Made on Unix, so that permissions count: a file that its owner writes and everybody reads. */
const MADE_BY_UNIX = 3 << 8;
const FILE_MODE = 0o100644 * 0x10000;

const MAX32 = 0xffffffff;
const MAX16 = 0xffff;

/** The content of an entry, in chunks that may be reused once the next is asked for. */
export type ZipContent = (AsyncIterable<Uint8Array> | Iterable<Uint8Array>) & {
  /** CRC-32 of what came so far, where its maker computes one anyhow. */
  readonly crc32?: () => number;
};

interface Entry {
  readonly name: Uint8Array;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
}

/**
 * A zip written front to back into a sink that may be slow, in constant memory but for some 100 bytes an entry. Entries are stored, not
 * compressed: an SSTable's data is compressed already. Dates are the caller's, so that two exports of the same state are the same bytes.
 */
export class ZipStream {
  private readonly out: ChunkWriter;
  private readonly start: number;
  private readonly time: number;
  private readonly entries: Entry[] = [];

  /** `mtime` in milliseconds since the epoch; `start`: bytes that the sink has already, in front of the zip's. */
  constructor(sink: ExportSink, mtime: number, start = 0) {
    this.out = new ChunkWriter((chunk) => sink.write(chunk));
    this.start = start;
    this.time = dosTime(mtime);
  }

  /** Bytes of the zip so far, and what it starts behind. */
  get bytesWritten(): number {
    return this.start + this.out.bytes;
  }

  /** Resolves when the sink has nothing to take any more, for a zip that will not be finished. */
  settled(): Promise<void> {
    return this.out.settled();
  }

  /**
   * Adds an entry whose content comes in chunks of `size` bytes altogether; chunks may be reused once they are taken. Throws CassetteError
   * EXPORT_FAILED where they are not of that size: a zip says sizes before it has them all.
   */
  async add(name: string, size: number, content: ZipContent): Promise<void> {
    const encoded = new TextEncoder().encode(name);
    const offset = this.bytesWritten;
    const isLarge = size >= MAX32;
    await this.out.put(this.localHeader(encoded, isLarge));
    let crc = 0;
    let written = 0;
    for await (const chunk of content) {
      if (content.crc32 === undefined) crc = crc32(chunk, 0, chunk.length, crc);
      written += chunk.length;
      await this.out.put(chunk);
    }
    if (written !== size) {
      const message = `The export failed: ${name} has ${written} bytes where it was to have ${size}`;
      throw new CassetteError('EXPORT_FAILED', message, { entry: name, size, written });
    }
    if (content.crc32 !== undefined) crc = content.crc32();
    const descriptor = new ByteWriter();
    u32(descriptor, DATA_DESCRIPTOR);
    u32(descriptor, crc);
    for (let twice = 0; twice < 2; twice++) {
      if (isLarge) u64(descriptor, size);
      else u32(descriptor, size);
    }
    await this.out.put(descriptor.toBytes());
    this.entries.push({ name: encoded, offset, size, crc });
  }

  /** Writes the directory at the end. */
  async finish(): Promise<void> {
    const start = this.bytesWritten;
    for (const entry of this.entries) await this.out.put(this.centralHeader(entry));
    const size = this.bytesWritten - start;
    await this.out.put(endOf(this.entries.length, start, size));
    await this.out.flush();
  }

  private localHeader(name: Uint8Array, isLarge: boolean): Uint8Array {
    const out = new ByteWriter();
    u32(out, LOCAL_HEADER);
    u16(out, isLarge ? VERSION_ZIP64 : VERSION);
    u16(out, FLAGS);
    u16(out, STORED);
    u32(out, this.time);
    // CRC and sizes come after the content.
    u32(out, 0);
    u32(out, isLarge ? MAX32 : 0);
    u32(out, isLarge ? MAX32 : 0);
    u16(out, name.length);
    u16(out, isLarge ? 20 : 0);
    out.bytes(name);
    if (isLarge) {
      // That it is there says that the sizes in the data descriptor are of 64 bits.
      u16(out, ZIP64_EXTRA);
      u16(out, 16);
      u64(out, 0);
      u64(out, 0);
    }
    return out.toBytes();
  }

  private centralHeader({ name, offset, size, crc }: Entry): Uint8Array {
    const large = [...(size >= MAX32 ? [size, size] : []), ...(offset >= MAX32 ? [offset] : [])];
    const version = large.length > 0 ? VERSION_ZIP64 : VERSION;
    const out = new ByteWriter();
    u32(out, CENTRAL_HEADER);
    u16(out, version | MADE_BY_UNIX);
    u16(out, version);
    u16(out, FLAGS);
    u16(out, STORED);
    u32(out, this.time);
    u32(out, crc);
    u32(out, Math.min(size, MAX32));
    u32(out, Math.min(size, MAX32));
    u16(out, name.length);
    u16(out, large.length > 0 ? 4 + 8 * large.length : 0);
    // Comment, disk, internal attributes.
    u16(out, 0);
    u16(out, 0);
    u16(out, 0);
    u32(out, FILE_MODE);
    u32(out, Math.min(offset, MAX32));
    out.bytes(name);
    if (large.length > 0) {
      u16(out, ZIP64_EXTRA);
      u16(out, 8 * large.length);
      for (const number of large) u64(out, number);
    }
    return out.toBytes();
  }
}

function endOf(entries: number, start: number, size: number): Uint8Array {
  const out = new ByteWriter();
  if (entries >= MAX16 || start >= MAX32 || size >= MAX32) {
    u32(out, ZIP64_END);
    // Bytes of this record after this field.
    u64(out, 44);
    u16(out, VERSION_ZIP64 | MADE_BY_UNIX);
    u16(out, VERSION_ZIP64);
    u32(out, 0);
    u32(out, 0);
    u64(out, entries);
    u64(out, entries);
    u64(out, size);
    u64(out, start);
    u32(out, ZIP64_LOCATOR);
    u32(out, 0);
    u64(out, start + size);
    u32(out, 1);
  }
  u32(out, END);
  u16(out, 0);
  u16(out, 0);
  u16(out, Math.min(entries, MAX16));
  u16(out, Math.min(entries, MAX16));
  u32(out, Math.min(size, MAX32));
  u32(out, Math.min(start, MAX32));
  u16(out, 0);
  return out.toBytes();
}

// Zips are little-endian.

function u16(out: ByteWriter, value: number): void {
  out.u8(value & 0xff);
  out.u8((value >>> 8) & 0xff);
}

function u32(out: ByteWriter, value: number): void {
  u16(out, value & 0xffff);
  u16(out, value >>> 16);
}

function u64(out: ByteWriter, value: number): void {
  u32(out, value >>> 0);
  u32(out, Math.floor(value / 0x100000000));
}

/** Date and time in the local way of DOS, taken as UTC; a zip can't say a year before 1980 or past 2107. */
function dosTime(mtime: number): number {
  const date = new Date(Math.min(Math.max(mtime, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}

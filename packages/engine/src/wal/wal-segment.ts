import { ByteWriter } from '@cassette/bytes';
import type { Storage, StorageFile } from '@cassette/storage';
import type { DescribedStore } from '../catalog/index.ts';
import {
  DESCRIPTION_MARK_SIZE,
  encodeEnds,
  encodeSegmentHeader,
  RECORD_HEADER_SIZE,
  RECORD_MARKER,
  recordChecksum,
  SEGMENT_HEADER_SIZE,
  saltCrc,
  segmentName,
} from './wal-format.ts';

/** A segment that is written to. What is at `end` and beyond was not acknowledged. */
export class WalSegment {
  readonly number: number;
  readonly name: string;
  private readonly file: StorageFile;
  /** Where the checksums of its records start from. */
  readonly salted: number;
  /** Where the next record goes: the end of what was written whole. */
  end: number;
  /** Up to here it is known to be durable. */
  durable: number;
  /** What it describes the store as: what it has last of that. */
  private described: DescribedStore | null = null;
  /** Up to here it holds nothing that anybody was told is done. */
  private begun: number;
  /** Bytes of the last description that is whole, with its record's header, and of the changes that were described behind it. */
  private wholeBytes = 0;
  private changesBytes = 0;
  /** Of these the ones that make it no fuller: the last that is whole, and all that was described before it was written to. */
  private describedBytes = 0;
  /** The same of what it says of segments before it. */
  private endsBytes = 0;
  /** Set where its end could not be put right again: nothing more may be written to it. */
  broken = false;

  private constructor(number: number, file: StorageFile, salt: number, size: number) {
    this.number = number;
    this.name = segmentName(number);
    this.file = file;
    this.salted = saltCrc(salt);
    this.end = size;
    this.durable = size;
    this.begun = size;
  }

  /**
   * Makes the file, durably with its name, and writes a description of the store into it, which becomes durable with the first write: a
   * header alone must be durable before anything is behind it, and nobody waits for a description. Throws StorageError; what it can't
   * remove then holds nothing.
   */
  static async create(
    storage: Storage,
    number: number,
    salt: number,
    description: DescribedStore,
    clock: number,
  ): Promise<WalSegment> {
    const header = encodeSegmentHeader(number, salt);
    const file = await storage.open(segmentName(number), { create: true });
    try {
      // A file of that name from before a crash holds nothing that was acknowledged, or its number would not be free.
      if (file.size > 0) file.truncate(0);
      file.write(header, 0);
      file.flush();
      await storage.sync();
      const segment = new WalSegment(number, file, salt, header.length);
      segment.write(NOTHING, description, clock);
      segment.begun = segment.end;
      return segment;
    } catch (error) {
      file.close();
      // Nothing is in it, and a full disk must not gather such files. Whoever called is told why it could not be made.
      await storage.remove(segmentName(number)).catch(() => undefined);
      throw error;
    }
  }

  /** Bytes of writes that are not known to be durable. */
  get unsynced(): number {
    return this.end - Math.max(this.durable, this.begun);
  }

  /** Bytes of records, and of descriptions but for the last whole one and what it was begun with. */
  get recordBytes(): number {
    return this.end - SEGMENT_HEADER_SIZE - this.describedBytes - this.endsBytes;
  }

  /** Bytes of the file. */
  get size(): number {
    return this.end;
  }

  /** Bytes that the file takes where it lies: more than `size` in an encrypted store. */
  get physicalSize(): number {
    return this.file.physicalSize ?? this.end;
  }

  /** Makes room for a record's header in `batch` and returns where it is; the payload follows. */
  static beginRecord(batch: ByteWriter): number {
    const at = batch.length;
    batch.ensure(RECORD_HEADER_SIZE);
    batch.length += RECORD_HEADER_SIZE;
    return at;
  }

  /** Fills the header of the record at `at` of `batch`, whose payload ends at `end`. */
  seal(batch: ByteWriter, at: number, end: number, clock: number): void {
    const { length } = batch;
    batch.length = at;
    batch.i32(RECORD_MARKER);
    batch.i32(end - at - RECORD_HEADER_SIZE);
    batch.i32(0);
    batch.i32(this.durable);
    batch.i64Number(clock);
    batch.length = length;
    batch.patchI32(at + 8, recordChecksum(batch.buffer, at, end - at - RECORD_HEADER_SIZE, this.salted));
  }

  /**
   * Writes sealed records after the last one, behind a description of the store unless it has that one already. Throws StorageError; then
   * they are not in the segment, or it is broken.
   */
  write(records: Uint8Array, description: DescribedStore, clock: number): void {
    const changes = this.changesTo(description);
    const isNew = description !== this.described;
    const bytes = isNew ? this.describing(records, changes ?? description.whole(), clock) : records;
    try {
      this.file.write(bytes, this.end);
    } catch (error) {
      this.cutToEnd();
      throw error;
    }
    this.end += bytes.length;
    if (!isNew) return;
    const written = bytes.length - records.length;
    this.described = description;
    if (changes !== null) {
      this.changesBytes += written;
      return;
    }
    this.wholeBytes = written;
    this.describedBytes = written;
    this.changesBytes = 0;
  }

  /**
   * What is different from the description that it has; null where a whole one is to be written: there is none yet, or the changes behind it
   * come to as much, so that all descriptions together stay in proportion to what changed.
   */
  private changesTo(description: DescribedStore): Uint8Array | null {
    const { described } = this;
    if (described === null || described === description) return null;
    const changes = description.since(described);
    return this.changesBytes + changes.length < this.wholeBytes ? changes : null;
  }

  /**
   * Writes a description of the store, unless it has that one already, for when no write comes after the change. `isUnread`: nothing else was
   * ever written to it and nobody reads it, so that one that is whole takes the place of what it has. Throws StorageError; then it is
   * without, or it is broken. False where there was nothing to write.
   */
  describe(description: DescribedStore, clock: number, isUnread: boolean): boolean {
    if (description === this.described) return false;
    if (isUnread && this.changesTo(description) === null) {
      this.durable = Math.min(this.durable, SEGMENT_HEADER_SIZE);
      this.begun = SEGMENT_HEADER_SIZE;
      this.takeBack(SEGMENT_HEADER_SIZE);
      if (this.broken) return false;
    }
    const isSynced = this.unsynced === 0;
    this.write(NOTHING, description, clock);
    if (isUnread) this.describedBytes = this.end - SEGMENT_HEADER_SIZE;
    // Nobody waits for it.
    if (isSynced) this.begun = this.end;
    return true;
  }

  /**
   * Writes up to where the segments before it are durable; it becomes durable with the first write, for nobody waits for it. Throws StorageError;
   * then it is without, or it is broken.
   */
  tellEnds(ends: ReadonlyMap<number, number>, clock: number): void {
    if (this.described === null) return;
    const out = new ByteWriter(RECORD_HEADER_SIZE + 8 * (ends.size + 1));
    WalSegment.beginRecord(out);
    out.bytes(encodeEnds(ends));
    this.seal(out, 0, out.length, clock);
    const isSynced = this.unsynced === 0;
    this.write(out.written(), this.described, clock);
    this.endsBytes += out.length;
    if (isSynced) this.begun = this.end;
  }

  private describing(records: Uint8Array, description: Uint8Array, clock: number): Uint8Array {
    const out = new ByteWriter(RECORD_HEADER_SIZE + DESCRIPTION_MARK_SIZE + description.length + records.length);
    WalSegment.beginRecord(out);
    out.i32(0);
    out.bytes(description);
    this.seal(out, 0, out.length, clock);
    out.bytes(records);
    return out.written();
  }

  /** Makes what was written durable. After a failure nobody knows what is, so the segment takes nothing more. */
  flush(): void {
    try {
      this.file.flush();
    } catch (error) {
      this.broken = true;
      throw error;
    }
    this.durable = this.end;
  }

  /** What is durable of it, from a position on, so many bytes at most. Throws StorageError. */
  readDurable(from: number, length = Number.POSITIVE_INFINITY): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(this.durable - from, length)));
    return bytes.subarray(0, this.file.read(bytes, from));
  }

  /** Takes back what was written after `position`, where that was refused to its writers. */
  takeBack(position: number): void {
    this.end = position;
    // It may have been written with what is taken back.
    this.described = null;
    this.cutToEnd();
  }

  close(): void {
    this.file.close();
  }

  /** So that a refused write never comes back: neither half, nor whole. */
  private cutToEnd(): void {
    try {
      if (this.file.size > this.end) this.file.truncate(this.end);
    } catch {
      // Whoever called reports the error that led here; a segment whose end is unknown is left for another one.
      this.broken = true;
    }
  }
}

const NOTHING = new Uint8Array(0);

import { assert, ByteWriter, crc32c } from '@cassette/bytes';
import { type ByteSink, Component, type Descriptor } from '@cassette/sstable';
import type { StorageFile, StorageFiles } from '@cassette/storage';
import { largeComponents, sstableFileName } from './sstable-files.ts';

/** Bytes that gather beside a flush that is under way before everybody waits for one: a disk may be slower than what is written. */
const BEHIND_MAX = 8 << 20;

/** Appends to an open file. */
class FileSink implements ByteSink {
  readonly name: string;
  readonly file: StorageFile;
  position = 0;
  /** Of that, what a flush has made durable. */
  flushed = 0;
  /** What makes a part of it durable meanwhile; it never rejects. */
  private ahead: Promise<void> | null = null;
  private failure: { readonly error: unknown } | null = null;
  /** CRC-32C of what was written; null where nobody wants it. */
  checksum: number | null;

  constructor(file: StorageFile, hasChecksum: boolean) {
    this.name = file.name;
    this.file = file;
    this.checksum = hasChecksum ? 0 : null;
  }

  write(bytes: Uint8Array): void {
    this.file.write(bytes, this.position);
    this.position += bytes.length;
    if (this.checksum !== null) this.checksum = crc32c(bytes, 0, bytes.length, this.checksum);
  }

  /** Whether more than so many bytes have gathered since it was made durable. */
  hasGathered(bytes: number): boolean {
    return this.position - this.flushed > (this.ahead === null ? bytes : BEHIND_MAX);
  }

  /** Makes durable what has gathered; where the storage does that beside us (a fifth of a merge's time in Node), only sets it going. */
  flushSoon(): void {
    const { file, position } = this;
    this.mustNotHaveFailed();
    if (this.ahead !== null || file.flushAhead === undefined) {
      file.flush();
      this.flushed = position;
      return;
    }
    this.ahead = file.flushAhead().then(
      () => {
        this.ahead = null;
        this.flushed = Math.max(this.flushed, position);
      },
      (error: unknown) => {
        this.ahead = null;
        this.failure = { error };
      },
    );
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.ahead;
  }

  /** Throws what a flush that was set going has failed with. */
  mustNotHaveFailed(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}

/** Collects a small component until its file can be made. */
class MemorySink implements ByteSink {
  readonly name: string;
  readonly out = new ByteWriter(1024);

  constructor(name: string) {
    this.name = name;
  }

  write(bytes: Uint8Array): void {
    this.out.bytes(bytes);
  }
}

/**
 * Where the components of one new SSTable go. Data.db and its index are files from the start; the others, which are written at
 * the end and are small, are collected and become files in `store`, because files can't be opened in the middle of
 * synchronous work.
 */
export class SSTableSinks {
  private readonly storage: StorageFiles;
  private readonly tableId: string;
  private readonly descriptor: Descriptor;
  private readonly files = new Map<Component, FileSink>();
  private readonly small = new Map<Component, MemorySink>();

  private constructor(storage: StorageFiles, tableId: string, descriptor: Descriptor) {
    this.storage = storage;
    this.tableId = tableId;
    this.descriptor = descriptor;
  }

  /** Makes the files of Data.db and its index. Throws StorageError. */
  static async open(storage: StorageFiles, tableId: string, descriptor: Descriptor): Promise<SSTableSinks> {
    const sinks = new SSTableSinks(storage, tableId, descriptor);
    try {
      for (const component of largeComponents(descriptor.version)) {
        const file = await storage.open(sinks.name(component), { create: true, bulk: true });
        if (file.size > 0) file.truncate(0);
        // Data.db has checksums of its own.
        sinks.files.set(component, new FileSink(file, component !== Component.DATA));
      }
    } catch (error) {
      await sinks.abandon();
      throw error;
    }
    return sinks;
  }

  /** The sink of a component, for SSTableWriter. */
  readonly sink = (component: Component): ByteSink => {
    const file = this.files.get(component);
    if (file !== undefined) return file;
    let memory = this.small.get(component);
    if (memory === undefined) {
      memory = new MemorySink(this.name(component));
      this.small.set(component, memory);
    }
    return memory;
  };

  /** Whether more than so many bytes of a large file have gathered since it was made durable. */
  hasGathered(bytes: number): boolean {
    for (const sink of this.files.values()) if (sink.hasGathered(bytes)) return true;
    return false;
  }

  /** Makes durable what has gathered since the last time, if it is more than so many bytes: what is left for the end is soon done. */
  flushGathered(bytes: number): void {
    for (const sink of this.files.values()) if (sink.hasGathered(bytes)) sink.flushSoon();
  }

  /**
   * Makes everything durable but the names (that is `Storage.sync`'s) and closes it; returns the size of each component in
   * bytes, and the CRC-32C of all but Data.db. `pause` comes between two files: to flush and close one takes milliseconds.
   */
  async store(
    pause: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<{ readonly components: Record<string, number>; readonly checksums: Record<string, number> }> {
    const components: Record<string, number> = {};
    const checksums: Record<string, number> = {};
    for (const [component, sink] of this.files) {
      components[component] = sink.position;
      if (sink.checksum !== null) checksums[component] = sink.checksum;
      await pause();
      await sink.settled();
      sink.mustNotHaveFailed();
      await sink.file.flushAhead?.();
      sink.file.flush();
      await pause();
      sink.file.close();
    }
    for (const [component, sink] of this.small) {
      assert(!this.files.has(component), 'a component has one sink');
      await pause();
      const file = await this.storage.open(sink.name, { create: true });
      try {
        if (file.size > 0) file.truncate(0);
        file.write(sink.out.written(), 0);
        file.flush();
      } finally {
        file.close();
      }
      components[component] = sink.out.length;
      checksums[component] = crc32c(sink.out.buffer, 0, sink.out.length);
    }
    return { components, checksums };
  }

  /** Closes and removes what there is. What can't be removed is swept at the next start. */
  async abandon(): Promise<void> {
    for (const sink of this.files.values()) {
      await sink.settled();
      sink.file.close();
    }
    for (const component of [...this.files.keys(), ...this.small.keys()]) {
      await this.storage.remove(this.name(component)).catch(() => undefined);
    }
  }

  private name(component: Component): string {
    return sstableFileName(this.tableId, this.descriptor, component);
  }
}

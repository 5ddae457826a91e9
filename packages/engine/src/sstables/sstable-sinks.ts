import { assert, ByteWriter, crc32c } from '@cassette/bytes';
import { type ByteSink, Component, type Descriptor } from '@cassette/sstable';
import type { StorageFile, StorageFiles } from '@cassette/storage';
import { largeComponents, sstableFileName } from './sstable-files.ts';

/** Appends to an open file. */
class FileSink implements ByteSink {
  readonly name: string;
  readonly file: StorageFile;
  position = 0;
  /** Of that, what a flush has made durable. */
  flushed = 0;
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
    for (const { position, flushed } of this.files.values()) if (position - flushed > bytes) return true;
    return false;
  }

  /** Makes durable what has gathered since the last time, if it is more than so many bytes: what is left for the end is soon done. */
  flushGathered(bytes: number): void {
    for (const sink of this.files.values()) {
      if (sink.position - sink.flushed <= bytes) continue;
      sink.file.flush();
      sink.flushed = sink.position;
    }
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
    for (const sink of this.files.values()) sink.file.close();
    for (const component of [...this.files.keys(), ...this.small.keys()]) {
      await this.storage.remove(this.name(component)).catch(() => undefined);
    }
  }

  private name(component: Component): string {
    return sstableFileName(this.tableId, this.descriptor, component);
  }
}

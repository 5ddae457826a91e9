import {
  type ByteSink,
  type ByteSource,
  type Component,
  type Descriptor,
  printFileName,
  type SSTableSources,
} from '@cassette/sstable';

/** The components of one SSTable after the other in memory, always the same memory: neither a disk's time counts nor that of new pages. */
export class MemoryFiles {
  private descriptor: Descriptor | null = null;
  private readonly all = new Map<Component, MemoryFile>();
  // Those of the SSTable that was begun last.
  private readonly used = new Map<Component, MemoryFile>();

  /** Begins an SSTable; the one before is gone. */
  begin(descriptor: Descriptor): void {
    this.descriptor = descriptor;
    this.used.clear();
  }

  /** Where a component is written to. */
  readonly sink = (component: Component): ByteSink => {
    if (this.descriptor === null) throw new Error('An SSTable is begun before it is written');
    const file = this.all.get(component) ?? new MemoryFile();
    this.all.set(component, file);
    if (!this.used.has(component)) file.begin(printFileName(this.descriptor, component));
    this.used.set(component, file);
    return file;
  };

  /** What was written, to be read. */
  sources(): SSTableSources {
    const sources: SSTableSources = {};
    for (const [component, file] of this.used) sources[component] = file;
    return sources;
  }
}

/** Grows by doubling, as a file in a cache would by pages. */
class MemoryFile implements ByteSink, ByteSource {
  name = '';
  size = 0;
  private bytes = new Uint8Array(1 << 16);

  begin(name: string): void {
    this.name = name;
    this.size = 0;
  }

  write(bytes: Uint8Array): void {
    const end = this.size + bytes.length;
    if (end > this.bytes.length) {
      const wider = new Uint8Array(Math.max(end, this.bytes.length * 2));
      wider.set(this.bytes.subarray(0, this.size));
      this.bytes = wider;
    }
    this.bytes.set(bytes, this.size);
    this.size = end;
  }

  read(target: Uint8Array, position: number): number {
    const part = this.bytes.subarray(position, Math.min(this.size, position + target.length));
    target.set(part);
    return part.length;
  }
}

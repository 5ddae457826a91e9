import { CorruptionError, compareInt64, toBigInt, token, tokenWords } from '@cassette/bytes';
import {
  type Anatomy,
  anatomyOf,
  type ByteSource,
  Component,
  DataDirectory,
  type DataPlace,
  type Descriptor,
  decodeCompressionInfo,
  keyText,
  MissingComponentError,
  printFileName,
  readAll,
  type SSTableSources,
  uncompressedData,
} from '@cassette/sstable';
import type { InspectedComponent, InspectedPartition, InspectedRow, InspectedSSTable, Space } from './inspector.ts';
import { deletionText, RowTexts } from './row-texts.ts';
import type { SSTableFile } from './sstable-files.ts';

/** Tells a file from what had its name before; null of what is no file of its own. */
function stampOf(file: Blob): string | null {
  return 'lastModified' in file ? `${file.size} ${String(file.lastModified)}` : null;
}

/** One SSTable that is looked at, with what is kept of it. */
export class Inspected {
  readonly id: string;
  readonly descriptor: Descriptor;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly sources: SSTableSources = {};
  private readonly stamps = new Map<Component, string | null>();
  private readonly fileNames = new Map<Component, string>();
  private readonly scanned = new Map<Component, () => ByteSource>();
  private readonly anatomies = new Map<string, Anatomy>();
  private uncompressed: ByteSource | null = null;
  private directory: DataDirectory | null = null;

  constructor(id: string, { descriptor, keyspace, table, tableId }: SSTableFile) {
    this.id = id;
    this.descriptor = descriptor;
    this.keyspace = keyspace;
    this.table = table;
    this.tableId = tableId;
  }

  /** Whether a file was added as it is now: those of a store are looked through again whenever one of them changes. */
  has(component: Component, file: Blob): boolean {
    const stamp = stampOf(file);
    return stamp !== null && this.stamps.get(component) === stamp;
  }

  /** Adds a file, in place of one that was there; `scanned` makes a source for reading all of it. What was made of the others is made anew. */
  add(component: Component, fileName: string, file: Blob, source: ByteSource, scanned: () => ByteSource): void {
    this.stamps.set(component, stampOf(file));
    this.sources[component] = source;
    this.scanned.set(component, scanned);
    this.fileNames.set(component, fileName);
    this.anatomies.clear();
    this.uncompressed = null;
    this.directory = null;
  }

  /** What the page is told of it. */
  get told(): InspectedSSTable {
    const { descriptor } = this;
    const components: InspectedComponent[] = [];
    // In the order in which components are listed, whatever that of the files was.
    for (const component of Object.values(Component)) {
      const source = this.sources[component];
      if (source === undefined) continue;
      const uncompressedSize = component === Component.DATA && this.isCompressed ? this.uncompressedSize() : 0;
      components.push({ component, fileName: this.fileNames.get(component) ?? source.name, size: source.size, uncompressedSize });
    }
    return {
      id: this.id,
      name: printFileName(descriptor, Component.DATA).slice(0, -Component.DATA.length - 1),
      keyspace: this.keyspace,
      table: this.table,
      tableId: this.tableId,
      version: descriptor.version.name,
      components,
    };
  }

  /** Throws MissingComponentError. */
  need(component: Component): ByteSource {
    const source = this.sources[component];
    if (source === undefined) throw new MissingComponentError(this.descriptor, component, this.sources);
    return source;
  }

  /** For going through all of it: the same files, those that are large read in long stretches. */
  scannedSources(): SSTableSources {
    const sources: SSTableSources = { ...this.sources };
    for (const component of [Component.DATA, Component.INDEX]) {
      const scanned = this.scanned.get(component);
      if (scanned !== undefined) sources[component] = scanned();
    }
    return sources;
  }

  anatomy(component: Component, space: Space): Anatomy {
    const key = `${component} ${space}`;
    let anatomy = this.anatomies.get(key);
    if (anatomy === undefined) {
      anatomy = anatomyOf(this.descriptor, this.sources, component, { uncompressed: space === 'uncompressed' });
      this.anatomies.set(key, anatomy);
    }
    return anatomy;
  }

  /** Bytes of a component; fewer where it ends before. */
  bytes(component: Component, space: Space, from: number, to: number): Uint8Array {
    const isInChunks = space === 'uncompressed' && component === Component.DATA && this.isCompressed;
    const source = isInChunks ? this.inChunks() : this.need(component);
    const start = Math.max(0, Math.min(from, source.size));
    const bytes = new Uint8Array(Math.max(0, Math.min(to, source.size) - start));
    for (let done = 0; done < bytes.length; ) {
      const count = source.read(bytes.subarray(done), start + done);
      if (count <= 0) return bytes.slice(0, done);
      done += count;
    }
    return bytes;
  }

  /** Partitions from the `first`th. */
  partitions(first: number, max: number): InspectedPartition[] {
    const directory = this.opened();
    const found: InspectedPartition[] = [];
    for (let i = Math.max(0, first); found.length < max; i++) {
      const place = directory.partition(i);
      if (place === null) break;
      found.push(this.partition(place));
    }
    return found;
  }

  /** The first partition of a token that is not smaller; null where all are. */
  firstFrom(hi: number, lo: number): DataPlace | null {
    const directory = this.opened();
    const isBefore = (place: DataPlace): boolean => {
      if (place.damage !== '') return false;
      directory.readPartition(place);
      const { tokenHi, tokenLo } = directory.header;
      return compareInt64(tokenHi, tokenLo, hi, lo) < 0;
    };
    // How many there are is known behind the last: steps that double, then halves.
    let low = 0;
    let high = 1;
    for (let place = directory.partition(high - 1); place !== null && isBefore(place); place = directory.partition(high - 1)) {
      low = high;
      high *= 2;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const place = directory.partition(middle);
      if (place !== null && isBefore(place)) low = middle + 1;
      else high = middle;
    }
    return directory.partition(low);
  }

  /** The partition of a key; null where it is not here. */
  withKey(key: Uint8Array): DataPlace | null {
    token(key);
    const [hi, lo] = [tokenWords[0], tokenWords[1]];
    const directory = this.opened();
    for (
      let place = this.firstFrom(hi, lo);
      place !== null && place.damage === '';
      place = directory.partition(place.index + 1)
    ) {
      directory.readPartition(place);
      const { tokenHi, tokenLo, keyBytes, keyTo } = directory.header;
      if (compareInt64(tokenHi, tokenLo, hi, lo) !== 0) return null;
      if (keyTo === key.length && key.every((byte, i) => byte === keyBytes[i])) return place;
    }
    return null;
  }

  /** What the page is told of a partition; of a damaged one that. */
  partition(place: DataPlace): InspectedPartition {
    const { index, from, to } = place;
    const directory = this.opened();
    try {
      if (place.damage !== '') throw new CorruptionError(place.damage, directory.data.name, from);
      directory.readPartition(place);
      const { header } = directory;
      return {
        index,
        key: keyText(directory.keyType, header.keyBytes.slice(0, header.keyTo)),
        token: String(toBigInt(header.tokenHi, header.tokenLo)),
        position: from,
        size: to - from,
        deletion: deletionText(header.deletion),
      };
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      return { index, key: '', token: '', position: from, size: to - from, deletion: `damaged: ${error.message}` };
    }
  }

  /** Rows and markers of a partition, from the `first`th. Throws CorruptionError where its head is damaged. */
  rows(partition: number, first: number, max: number): InspectedRow[] {
    const directory = this.opened();
    const place = directory.partition(partition);
    return place === null ? [] : new RowTexts(directory).of(place, first, max);
  }

  /** Where the entry of a partition's row index lies in Index.db or Rows.db; -1 where it has none. */
  rowIndexOf(partition: number): number {
    const directory = this.opened();
    const place = directory.partition(partition);
    return place === null ? -1 : directory.rowIndexOf(place);
  }

  /** The type of the partition key. */
  get keyType() {
    return this.opened().keyType;
  }

  private opened(): DataDirectory {
    this.directory ??= new DataDirectory(this.descriptor, this.sources);
    return this.directory;
  }

  private get isCompressed(): boolean {
    return this.sources[Component.COMPRESSION_INFO] !== undefined;
  }

  private inChunks(): ByteSource {
    this.uncompressed ??= uncompressedData(this.descriptor, this.sources);
    return this.uncompressed;
  }

  private uncompressedSize(): number {
    const info = this.need(Component.COMPRESSION_INFO);
    try {
      return decodeCompressionInfo(readAll(info), info.name).dataLength;
    } catch (error) {
      // That CompressionInfo.db is damaged is told where it is looked at.
      if (error instanceof CorruptionError) return 0;
      throw error;
    }
  }
}

import { type Loadable, withParts } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { type ByteSource, ChunkCachePool, Component, ReadFigure, SSTableReader, type SSTableSources } from '@cassette/sstable';
import type { Storage, StorageFiles } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import { checkComponent, damagedComponents } from './component-checksums.ts';
import { type ComponentFiles, closeOpened, filesOpened, largeFiles, openComponents } from './component-files.ts';
import { rebuildComponent } from './rebuild-component.ts';
import { descriptorOf, filesOf, sstableFileName } from './sstable-files.ts';
import { dropLevel, takeLevel, writeLevel } from './statistics-change.ts';

/** How a live SSTable is opened. */
export interface LiveSSTableOptions {
  /** Compare components with their checksums in the catalog first, and rebuild what is damaged and can be; default false. */
  readonly verify?: boolean;
  /** How code is loaded that it needs; what it rejects with, opening rejects with. Default: as `Loadable.load` does. */
  readonly load?: (part: Loadable) => Promise<unknown>;
}

/** Components that stand in for files: made again in memory because the file is damaged. */
type Rebuilt = Partial<Record<Component, ByteSource>>;

/**
 * An SSTable that the catalog names, open. It counts who reads it: one that the catalog no longer names is closed and its files
 * are removed when the last reader has gone. Cassandra: io.sstable.format.SSTableReader's references.
 */
export class LiveSSTable {
  private current: SSTableRecord;
  private readonly storage: Storage;
  private readonly held: ComponentFiles;
  private readonly standIns: Rebuilt;
  /** Bytes that its files take where they lie: more than the record says in an encrypted store. */
  readonly physicalSize: number;
  /** By the form of the table that it is read as: a form lives as long as somebody has it. */
  private readonly readers = new WeakMap<TableMetadata, SSTableReader>();
  private newest: SSTableReader;
  /** What was read of its earlier forms. */
  private readonly earlier = new Float64Array(ReadFigure.COUNT);
  private references = 0;
  /** Files are open once at a time: who needs one of the small components waits for who has it. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Who has one of the small components, or waits for it. */
  private lent = 0;
  /** The catalog has a level whose file has not got its name yet. */
  private isLevelUnnamed = false;
  private whenUnused: (() => void) | null = null;
  private suspect = false;

  private constructor(
    storage: Storage,
    record: SSTableRecord,
    held: ComponentFiles,
    standIns: Rebuilt,
    reader: SSTableReader,
    physicalSize: number,
  ) {
    this.storage = storage;
    this.current = record;
    this.held = held;
    this.standIns = standIns;
    this.newest = reader;
    this.physicalSize = physicalSize;
    this.readers.set(reader.table, reader);
  }

  /** Opens it. Throws CorruptionError, MissingComponentError, FileNotFoundError and others of what its files are, and PartUnavailableError. */
  static async open(
    storage: Storage,
    record: SSTableRecord,
    table: TableMetadata,
    options: LiveSSTableOptions = {},
  ): Promise<LiveSSTable> {
    const opened = await openComponents(storage, record);
    try {
      const damaged = options.verify === true ? damagedComponents(record, opened) : [];
      const files = filesOpened(opened, damaged);
      const size = physicalSizeOf(storage, record, files);
      let reader = await newReader(storage, record, table, files, options.load);
      const standIns: Rebuilt = {};
      for (const component of damaged) standIns[component] = rebuildComponent(component, record, reader);
      if (damaged.length > 0) reader = await newReader(storage, record, table, { ...files, ...standIns }, options.load);
      const held = largeFiles(record, files);
      closeOpened(opened, Object.keys(held) as Component[]);
      return new LiveSSTable(storage, record, held, standIns, reader, size);
    } catch (error) {
      closeOpened(opened);
      throw error;
    }
  }

  /** What the catalog says of it, or will when an export that is under way is complete. */
  get record(): SSTableRecord {
    return this.current;
  }

  /** Numbers of the exports that have all it holds (SSTableRecord.coveredBy), those under way included. */
  get coveredBy(): readonly number[] {
    return this.current.coveredBy ?? [];
  }

  /** Says so, in memory: to be put into the catalog by whoever knows that it is so. */
  set coveredBy(numbers: readonly number[]) {
    this.current = { ...this.current, coveredBy: numbers };
  }

  /** Files that are damaged and were made again in memory; `size`: bytes in memory. */
  get rebuilt(): readonly { readonly file: string; readonly size: number }[] {
    return Object.values(this.standIns).map(({ name, size }) => ({ file: name, size }));
  }

  /** The reader of the newest form of the table. */
  get reader(): SSTableReader {
    return this.newest;
  }

  /** Adds what was read of it so far to sums, by ReadFigure; little is read any more of its earlier forms, and that is not told. */
  addFigures(sums: Float64Array): void {
    this.newest.addFigures(sums);
    for (const [figure, count] of this.earlier.entries()) sums[figure] += count;
  }

  /** The reader that shows it as that form of the table; undefined where it was never made. */
  readerOf(table: TableMetadata): SSTableReader | undefined {
    return this.readers.get(table);
  }

  /** Makes it readable as another form of its table. */
  alter(table: TableMetadata): Promise<void> {
    return this.inTurn(async () => {
      if (this.readers.has(table)) return;
      this.newest.addFigures(this.earlier);
      const held = { ...this.held, ...this.standIns };
      // The other components are read once and closed: a store with many SSTables has two open files for each.
      const opened = await openComponents(this.storage, this.record, held);
      try {
        this.newest = await newReader(this.storage, this.record, table, { ...held, ...filesOpened(opened) });
      } finally {
        closeOpened(opened);
      }
      this.readers.set(table, this.newest);
    });
  }

  /** Lends the content of a component: what an export copies. `use` must be done with it when it resolves. */
  withComponent<T>(component: Component, use: (file: ByteSource) => Promise<T>): Promise<T> {
    const held = this.held[component] ?? this.standIns[component];
    if (held !== undefined) return use(held);
    this.lent++;
    return this.inTurn(async () => {
      // The file of that name is the one from before, of which the record says nothing any more.
      if (component === Component.STATISTICS && this.isLevelUnnamed) await this.nameLevel();
      const file = await this.storage.open(sstableFileName(this.record.tableId, descriptorOf(this.record), component));
      try {
        return await use(file);
      } finally {
        file.close();
      }
    }).finally(() => this.lent--);
  }

  /** Whether somebody has one of its small components: nothing of it may change before that one has done. */
  get isLent(): boolean {
    return this.lent > 0;
  }

  /**
   * Gives it another level, for which only Statistics.db is written: `commit` puts the record it is given into the catalog. It must not be
   * lent. Throws what `commit` throws, with the old level, and StorageError, CorruptionError. Cassandra: SSTableReader#mutateLevelAndReload.
   */
  changeLevel(level: number, commit: (record: SSTableRecord) => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      const { storage } = this;
      if (this.isLevelUnnamed) await this.nameLevel();
      const record = await writeLevel(storage, this.current, level).catch(async (error: unknown) => {
        // What can't be removed is swept at the next start.
        await dropLevel(storage, this.current).catch(() => undefined);
        throw error;
      });
      await commit(record);
      // An export may have begun meanwhile.
      const { coveredBy } = this.current;
      this.current = coveredBy === undefined ? record : { ...record, coveredBy };
      this.isLevelUnnamed = true;
      await this.nameLevel();
    });
  }

  /** Whether a file has the statistics of an earlier level still: whoever reads the files as the catalog has them would find them damaged. */
  get hasOldStatistics(): boolean {
    return this.isLevelUnnamed;
  }

  /** Removes the file of a level that it did not get. Throws StorageError. */
  dropLevel(): Promise<void> {
    return this.inTurn(() => (this.isLevelUnnamed ? Promise.resolve() : dropLevel(this.storage, this.current)));
  }

  /** Whether it turned out to be damaged: no compaction reads it any more. */
  get isSuspect(): boolean {
    return this.suspect;
  }

  /** Says so, for as long as the store is open. Cassandra: SSTableReader#markSuspect. */
  markSuspect(): void {
    this.suspect = true;
  }

  /** Says that somebody reads it; `release` must follow. */
  acquire(): void {
    this.references++;
  }

  /** Whether somebody reads it. */
  get isRead(): boolean {
    return this.references > 0;
  }

  release(): void {
    this.references--;
    if (this.references === 0) this.whenUnused?.();
  }

  /** Closes it and removes its files as soon as nobody reads it; resolves then. The catalog must not name it any more. */
  async discard(): Promise<void> {
    if (this.references > 0) await new Promise<void>((resolve) => (this.whenUnused = resolve));
    try {
      // One by one: to close a file takes its time, and others have their turn while one is removed.
      for (const name of filesOf(this.record)) {
        for (const file of Object.values(this.held)) if (file.name === name) file.close();
        await this.storage.remove(name);
      }
      if (this.isLevelUnnamed) await dropLevel(this.storage, this.current);
    } finally {
      this.close();
    }
  }

  /** Closes its files, whoever reads. */
  close(): void {
    for (const file of Object.values(this.held)) file.close();
  }

  private async nameLevel(): Promise<void> {
    await takeLevel(this.storage, this.current);
    this.isLevelUnnamed = false;
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.turn.then(task, task);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

/**
 * An SSTable that is read by somebody else than the one who has the store. What is read of it at once, the filter above all, is compared with its
 * checksums: who has the store did so when it opened it, and a filter with a bit turned says that keys are not there. `close` when it is read.
 * Throws CorruptionError, StorageError.
 */
export async function openToRead(
  storage: StorageFiles,
  record: SSTableRecord,
  table: TableMetadata,
): Promise<{ readonly reader: SSTableReader; close(): void }> {
  const opened = await openComponents(storage, record);
  try {
    const files = filesOpened(opened);
    for (const [component, file] of Object.entries(files)) checkComponent(record, component as Component, file);
    const reader = await newReader(storage, record, table, files);
    const held = largeFiles(record, files);
    closeOpened(opened, Object.keys(held) as Component[]);
    const close = () => {
      for (const file of Object.values(held)) file.close();
    };
    return { reader, close };
  } catch (error) {
    closeOpened(opened);
    throw error;
  }
}

/** Bytes that the components take where they lie: as their open files say it, and of the others, which are written at once, the storage. */
function physicalSizeOf(storage: StorageFiles, record: SSTableRecord, files: ComponentFiles): number {
  return Object.entries(record.components).reduce((sum, [name, size]) => {
    const file = files[name as Component];
    return sum + (file === undefined ? (storage.physicalSizeOf?.(size) ?? size) : (file.physicalSize ?? file.size));
  }, 0);
}

/** A reader that has read of the small components what it needs. A compressor or a format that is rarely met is loaded with the first SSTable that has it. */
function newReader(
  storage: StorageFiles,
  record: SSTableRecord,
  table: TableMetadata,
  sources: SSTableSources,
  load?: LiveSSTableOptions['load'],
): Promise<SSTableReader> {
  const options = { table, random: chances(record.generation), chunkCache: chunkCacheOf(storage) };
  return withParts(() => SSTableReader.open(descriptorOf(record), sources, options), load);
}

/**
 * Numbers from [0, 1), the same for the same seed: by them a table's `crc_check_chance` picks the chunks whose checksum is looked at, and a
 * run can be had again (mulberry32).
 */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

/** Bytes of decompressed chunks that a store keeps in memory for look-ups. Cassandra: file_cache_size. */
const CHUNK_CACHE_BYTES = 8 << 20;

const chunkCaches = new WeakMap<StorageFiles, ChunkCachePool>();

/** The cache of chunks that all SSTables of a store share, as long as the store's storage lives. */
export function chunkCacheOf(storage: StorageFiles): ChunkCachePool {
  let cache = chunkCaches.get(storage);
  if (cache === undefined) {
    cache = new ChunkCachePool(CHUNK_CACHE_BYTES);
    chunkCaches.set(storage, cache);
  }
  return cache;
}

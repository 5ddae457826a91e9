import { ByteWriter, type CorruptionError, crc32, crc32c } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  Component,
  type Descriptor,
  decodeDigest,
  decodeStatistics,
  decodeToc,
  encodeDigest,
  encodeStatistics,
  encodeToc,
  MissingComponentError,
  NO_COMPRESSION_RATIO,
  type Statistics,
} from '@cassette/sstable';
import type { Storage, StorageFile } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import { descriptorOf, sstableFileName } from '../sstables/index.ts';
import type { GatheredSSTable } from './gather.ts';
import { type ImportEntry, readWhole } from './import-entries.ts';
import { ImportError } from './import-error.ts';

/** Bytes from which on they are made durable: those of gigabytes would keep everybody waiting at the end. */
const FLUSH_BYTES = 16 << 20;

const STATISTICS_MAX = 64 << 20;
const SMALL_MAX = 1 << 16;
/** Bytes of a component that is read whole whenever the SSTable is opened. */
const WHOLE_MAX = 512 << 20;

/** Components that a missing one of is made anew, as Cassandra does when it loads an SSTable: its format's generatedOnLoadComponents. */
const MADE_ANEW: readonly Component[] = [Component.FILTER, Component.SUMMARY];

const WHOLE: readonly Component[] = [Component.FILTER, Component.SUMMARY, Component.COMPRESSION_INFO, Component.CRC];

/** What is read of an SSTable before anything of it is copied. */
export interface SSTableHead {
  readonly sstable: GatheredSSTable;
  /** As they are in the store: of level 0, not repaired. */
  readonly statistics: Statistics;
  /** Whether they were otherwise. */
  readonly isReset: boolean;
  /** Null where there is none. */
  readonly digest: number | null;
  readonly warnings: readonly string[];
  /** Bytes of the components that are copied. */
  readonly bytes: number;
}

/**
 * Reads and checks the small components. Levels and repairs are those of the node that an SSTable comes from, and are forgotten, as
 * `nodetool import` does. Throws CorruptionError, MissingComponentError, ImportError IMPORT_DAMAGED.
 */
export async function readHead(sstable: GatheredSSTable): Promise<SSTableHead> {
  const { components, descriptor, shown, names } = sstable;
  const warnings: string[] = [];
  const entry = components.get(Component.STATISTICS)!;
  const read = decodeStatistics(await readWhole(entry, STATISTICS_MAX), entry.shown, descriptor.version);
  if (read.stats.compressionRatio !== NO_COMPRESSION_RATIO && !components.has(Component.COMPRESSION_INFO)) {
    throw new MissingComponentError(descriptor, Component.COMPRESSION_INFO, {
      [Component.DATA]: { name: shown, size: 0, read: () => 0 },
    });
  }
  const toc = components.get(Component.TOC);
  if (toc === undefined) warnings.push(`${shown}: TOC.txt is missing, which is written last: the SSTable may be incomplete`);
  else {
    const listed = decodeToc(await readWhole(toc, SMALL_MAX), toc.shown);
    for (const name of Object.values(Component)) {
      if (!listed.includes(name) || names.includes(name) || name === Component.DIGEST) continue;
      if (!MADE_ANEW.includes(name)) throw missing(shown, name);
      warnings.push(`${shown}: ${name} is missing, which TOC.txt lists: it is made anew`);
    }
  }
  const digestEntry = components.get(Component.DIGEST);
  if (digestEntry === undefined)
    warnings.push(`${shown}: Digest.crc32 is missing, so that Data.db can't be compared with what was written`);
  const digest = digestEntry === undefined ? null : decodeDigest(await readWhole(digestEntry, SMALL_MAX), digestEntry.shown);
  for (const component of WHOLE) {
    const one = components.get(component);
    if (one !== undefined && one.size > WHOLE_MAX)
      throw damaged(shown, [`${component} has ${one.size} bytes, which no table needs`]);
  }
  if (components.get(Component.DATA)!.size === 0) throw damaged(shown, ['Data.db is empty']);
  const { stats } = read;
  const isReset = stats.level !== 0 || stats.repairedAt !== 0n || stats.pendingRepair !== null || stats.isTransient;
  const reset = { ...stats, level: 0, repairedAt: 0n, pendingRepair: null, isTransient: false };
  return {
    sstable,
    statistics: { ...read, stats: reset },
    isReset,
    digest,
    warnings,
    bytes: [...components.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

/** What a copy needs to know of the store, and whom it tells. */
export interface TakeContext {
  readonly storage: Storage;
  readonly createdAt: number;
  /** Called between chunks: tells bytes, may throw to end it. */
  copied(bytes: number): void;
  /** Lets others have their turn when it is time. */
  pause(): Promise<void>;
}

/**
 * Copies an SSTable into the store's directory, under a generation of its own: durable except for names, named by nobody. Throws
 * StorageError, CorruptionError, ImportError BAD_ZIP and IMPORT_DAMAGED; the files are removed then.
 */
export async function takeSSTable(
  head: SSTableHead,
  table: TableMetadata,
  generation: number,
  context: TakeContext,
): Promise<SSTableRecord> {
  return new Copy(head, table, generation, context).run();
}

class Copy {
  private readonly head: SSTableHead;
  private readonly tableId: string;
  private readonly generation: number;
  private readonly descriptor: Descriptor;
  private readonly context: TakeContext;
  private readonly components: Record<string, number> = {};
  private readonly checksums: Record<string, number> = {};

  constructor(head: SSTableHead, table: TableMetadata, generation: number, context: TakeContext) {
    this.head = head;
    this.tableId = tableKey(table);
    this.generation = generation;
    this.descriptor = descriptorOf({ version: head.sstable.descriptor.version.name, generation });
    this.context = context;
  }

  async run(): Promise<SSTableRecord> {
    const { head, descriptor } = this;
    const { sstable, statistics } = head;
    try {
      let dataCrc = 0;
      for (const [component, entry] of sstable.components) {
        if (component === Component.TOC || component === Component.DIGEST) continue;
        if (component === Component.STATISTICS && head.isReset) {
          const out = new ByteWriter(4096);
          encodeStatistics(out, statistics, descriptor.version);
          await this.write(component, [out.written()]);
          this.context.copied(entry.size);
        } else {
          const crc = await this.copy(component, entry);
          if (component === Component.DATA) dataCrc = crc;
        }
      }
      if (head.digest !== null && head.digest !== dataCrc) {
        throw damaged(sstable.shown, [`digest: Digest.crc32 says ${head.digest}, Data.db has ${dataCrc}`]);
      }
      await this.write(Component.DIGEST, [encodeDigest(dataCrc)]);
      await this.write(Component.TOC, [encodeToc([...Object.keys(this.components), Component.TOC])]);
    } catch (error) {
      await this.abandon();
      throw error;
    }
    const { stats } = statistics;
    return {
      tableId: this.tableId,
      generation: this.generation,
      version: descriptor.version.name,
      level: 0,
      // A hostile file may say anything; who verifies counts.
      partitions: Number.isSafeInteger(stats.partitionSizes.count) ? Math.max(1, stats.partitionSizes.count) : 1,
      components: this.components,
      checksums: this.checksums,
      bytes: Object.values(this.components).reduce((sum, bytes) => sum + bytes, 0),
      minTimestamp: stats.minTimestamp,
      maxTimestamp: stats.maxTimestamp,
      createdAt: this.context.createdAt,
    };
  }

  private async copy(component: Component, entry: ImportEntry): Promise<number> {
    return this.write(component, entry.content(), (bytes) => this.context.copied(bytes));
  }

  /** Returns the CRC-32 of what was written, as digests are. */
  private async write(
    component: Component,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    told: (bytes: number) => void = () => undefined,
  ): Promise<number> {
    const file = await this.create(component);
    const isData = component === Component.DATA;
    let crc = 0;
    let checksum = 0;
    let size = 0;
    let flushed = 0;
    try {
      for await (const bytes of content) {
        file.write(bytes, size);
        size += bytes.length;
        if (size - flushed > FLUSH_BYTES) {
          file.flush();
          flushed = size;
        }
        if (isData) crc = crc32(bytes, 0, bytes.length, crc);
        else checksum = crc32c(bytes, 0, bytes.length, checksum);
        told(bytes.length);
        await this.context.pause();
      }
      file.flush();
    } finally {
      file.close();
    }
    this.components[component] = size;
    if (!isData) this.checksums[component] = checksum;
    return crc;
  }

  private async create(component: Component): Promise<StorageFile> {
    const file = await this.context.storage.open(sstableFileName(this.tableId, this.descriptor, component), {
      create: true,
      bulk: true,
    });
    // Known from here on, so that it goes when the copy fails.
    this.components[component] = 0;
    if (file.size > 0) file.truncate(0);
    return file;
  }

  /** What can't be removed is swept at the next start. */
  private async abandon(): Promise<void> {
    for (const component of Object.keys(this.components)) {
      const name = sstableFileName(this.tableId, this.descriptor, component as Component);
      await this.context.storage.remove(name).catch(() => undefined);
    }
  }
}

/** An SSTable that is not as it should be. */
export function damaged(shown: string, errors: readonly string[], cause?: CorruptionError): ImportError {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const message = `${shown} is damaged, and nothing was imported: ${errors[0]}${more}. Copy it again from where it comes from`;
  return new ImportError('IMPORT_DAMAGED', message, { sstable: shown, errors }, cause);
}

function missing(shown: string, component: string): ImportError {
  return damaged(shown, [`components: TOC.txt lists ${component}, which is missing`]);
}

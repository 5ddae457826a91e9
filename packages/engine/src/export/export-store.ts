import { CassetteError, CorruptionError, crc32 } from '@cassette/bytes';
import { InvalidRequestError, printSchema, type TableMetadata } from '@cassette/cql';
import {
  type ByteSource,
  Component,
  decodeDigest,
  printFileName,
  readAll,
  type SSTableReader,
  supportedVersions,
  type Version,
} from '@cassette/sstable';
import { StorageFullError } from '@cassette/storage';
import { KWayMerger } from '../merge/index.ts';
import { columnsOf, countPartitions, encodingStatsOf, endsInFullChunk, hasDroppedColumns } from '../merge/merge-sstables.ts';
import { descriptorOf, type LiveSSTable } from '../sstables/index.ts';
import type { EngineSnapshot } from '../write-engine/engine-snapshot.ts';
import {
  type ExportedSSTable,
  type ExportFormat,
  type ExportHooks,
  type ExportOptions,
  type ExportReport,
  exportFormats,
} from './export-options.ts';
import { isCompressedAs } from './table-compression.ts';

/** Where the files of an export go: a zip, a directory. */
export interface ExportTarget {
  /** Takes a file whose content comes in chunks of `size` bytes altogether; a chunk is the caller's again when the next is asked for. */
  add(name: string, size: number, content: Iterable<Uint8Array>): Promise<void>;
  /** All files were added. Returns the bytes that came of it. */
  finish(): Promise<number>;
}

const EVERYTHING = { partitions: { range: {} } } as const;

/** Bytes read from a file at a time. */
const copyBytes = 256 * 1024;

/**
 * Gives out what a snapshot holds as files that Cassandra loads: `{keyspace}/{table}/{version}-{generation}-{format}-{Component}` and
 * `{keyspace}/schema.cql`. Nothing is purged: what merges with other nodes' data there must know of all deletions.
 * Memory is constant. Throws CassetteError ABORTED, StorageError, UnwritableDeletionError where the format can't hold a deletion, and
 * what the target throws.
 */
export async function exportSnapshot(
  snapshot: EngineSnapshot,
  options: ExportOptions,
  target: ExportTarget,
  hooks: ExportHooks = {},
): Promise<ExportReport> {
  const { format = 'nb', compact = true } = options;
  if (!Object.hasOwn(exportFormats, format)) {
    throw new InvalidRequestError(
      `Exports are in format ${Object.keys(exportFormats).join(', ')}; '${String(format)}' is not written`,
    );
  }
  return await new Export(snapshot, target, hooks, format, compact).run(chosenTables(snapshot, options.tables));
}

function chosenTables(snapshot: EngineSnapshot, names: readonly string[] | undefined): readonly TableMetadata[] {
  const all = snapshot.tables.map(({ table }) => table);
  for (const name of names ?? []) {
    if (!all.some((table) => table.toString() === name)) throw new InvalidRequestError(`There is no table ${name} to export`);
  }
  return names === undefined ? all : all.filter((table) => names.includes(table.toString()));
}

class Export {
  private readonly snapshot: EngineSnapshot;
  private readonly target: ExportTarget;
  private readonly hooks: ExportHooks;
  private readonly format: ExportFormat;
  private readonly version: Version;
  private readonly compact: boolean;
  private readonly exported: ExportedSSTable[] = [];
  private bytesDone = 0;
  private bytesTotal = 0;

  constructor(snapshot: EngineSnapshot, target: ExportTarget, hooks: ExportHooks, format: ExportFormat, compact: boolean) {
    this.snapshot = snapshot;
    this.target = target;
    this.hooks = hooks;
    this.format = format;
    this.version = supportedVersions.get(format)!;
    this.compact = compact;
  }

  async run(tables: readonly TableMetadata[]): Promise<ExportReport> {
    const { schema } = this.snapshot;
    const chosen = this.snapshot.tables.filter(({ table }) => tables.includes(table));
    for (const { sstables } of chosen) for (const { record } of sstables) this.bytesTotal += record.bytes;
    this.tell(0);
    const keyspaces = [...new Set(tables.map(({ keyspace }) => keyspace))];
    for (const name of keyspaces) {
      const text = new TextEncoder().encode(printSchema(schema.keyspace(name)!));
      await this.target.add(`${name}/schema.cql`, text.length, [text]);
    }
    for (const { table, sstables } of chosen) {
      try {
        await this.addTable(table, sstables);
      } catch (error) {
        throw error instanceof CorruptionError ? damagedTable(table, error) : error;
      }
    }
    const bytes = await this.target.finish();
    return {
      format: this.format,
      readableBy: exportFormats[this.format],
      bytes,
      sstables: this.exported,
      incomplete: chosen.flatMap(({ table: { keyspace, name }, setAside }) =>
        setAside.map((one) => ({ keyspace, table: name, ...one })),
      ),
      keyspaces,
    };
  }

  private async addTable(table: TableMetadata, sstables: readonly LiveSSTable[]): Promise<void> {
    const merged = this.compact || sstables.length === 1;
    const first = this.exported.length;
    if (!merged) for (const sstable of sstables) await this.addMerged(table, [sstable]);
    else if (sstables.length > 0) await this.addMerged(table, sstables);
    if (this.exported.length - first <= 1) return;
    for (let i = first; i < this.exported.length; i++) this.exported[i] = { ...this.exported[i], merged: false };
  }

  /** Several SSTables as one; one that is what a merge would write goes as it is. */
  private async addMerged(table: TableMetadata, sstables: readonly LiveSSTable[]): Promise<void> {
    const readers = sstables.map((sstable) => sstable.reader);
    const asAsked = !this.compact || isCompressedAs(readers[0].compression, table.params.compression);
    if (sstables.length === 1 && asAsked && this.canGo(table, sstables[0]) && !endsInFullChunk(readers[0])) {
      await this.addFiles(table, sstables[0], 1);
      return;
    }
    const share = sstables.reduce((sum, { record }) => sum + record.bytes, 0);
    const before = this.bytesDone;
    let merged: LiveSSTable | null;
    try {
      merged = await this.merge(table, readers, share / 2);
    } catch (error) {
      // A full device is when one most wants its data out: as they lie they need no room.
      if (!(error instanceof StorageFullError) || !sstables.every((sstable) => this.canGo(table, sstable))) throw error;
      const weight = (before + share - this.bytesDone) / share;
      for (const sstable of sstables) await this.addFiles(table, sstable, weight);
      return;
    }
    // Cancelled, or nothing left of it.
    if (merged === null) return this.checkAborted();
    this.tell(before + share / 2 - this.bytesDone);
    try {
      await this.addFiles(table, merged, merged.record.bytes === 0 ? 0 : share / 2 / merged.record.bytes);
    } finally {
      await merged.discard();
    }
  }

  /** Whether an SSTable may be given out as it lies. */
  private canGo(table: TableMetadata, { record, reader }: LiveSSTable): boolean {
    return record.version === this.format && !hasDroppedColumns(table, reader);
  }

  /** Writes one SSTable that nothing names; a crash leaves litter, which the next start sweeps. Null if nothing is left. */
  private merge(table: TableMetadata, readers: readonly SSTableReader[], share: number): Promise<LiveSSTable | null> {
    const { statics, regulars } = columnsOf(table, readers);
    const uncompressed = readers.reduce((sum, reader) => sum + reader.dataLength, 0);
    const before = this.bytesDone;
    return this.snapshot.writeTemporary(table, {
      version: this.version,
      encodingStats: encodingStatsOf(readers),
      staticColumns: statics,
      regularColumns: regulars,
      expectedPartitions: countPartitions(readers),
      cursor: new KWayMerger(
        table,
        readers.map((reader) => reader.cursor(EVERYTHING)),
      ),
      cancelled: () => this.hooks.signal?.aborted === true,
      onProgress: (bytes) => this.tell(before + share * Math.min(1, bytes / uncompressed) - this.bytesDone),
    });
  }

  /** Copies the components of an SSTable; each of its bytes counts as `weight` of progress. */
  private async addFiles(table: TableMetadata, sstable: LiveSSTable, weight: number): Promise<void> {
    this.checkAborted();
    const { record, reader } = sstable;
    const folder = `${table.keyspace}/${table.name}`;
    const descriptor = descriptorOf(record);
    const digest = await sstable.withComponent(Component.DIGEST, async (file) => decodeDigest(readAll(file), file.name));
    for (const component of Object.keys(record.components) as Component[]) {
      await sstable.withComponent(component, (file) =>
        this.target.add(
          `${folder}/${printFileName(descriptor, component)}`,
          file.size,
          component === Component.DATA ? this.digested(file, weight, digest) : this.chunks(file, weight),
        ),
      );
    }
    this.exported.push({
      keyspace: table.keyspace,
      table: table.name,
      data: `${folder}/${printFileName(descriptor, 'Data.db')}`,
      bytes: record.bytes,
      merged: true,
      partitions: record.partitions,
      rows: reader.stats.totalRows,
      minTimestamp: record.minTimestamp,
      maxTimestamp: record.maxTimestamp,
    });
  }

  private *chunks(file: ByteSource, weight: number): Generator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(copyBytes, file.size));
    for (let position = 0; position < file.size; ) {
      this.checkAborted();
      const count = file.read(buffer, position);
      position += count;
      yield buffer.subarray(0, count);
      this.tell(count * weight);
    }
  }

  /** The chunks of Data.db; a file that is not what was written never leaves as if it were. */
  private *digested(file: ByteSource, weight: number, digest: number): Generator<Uint8Array> {
    let crc = 0;
    for (const chunk of this.chunks(file, weight)) {
      crc = crc32(chunk, 0, chunk.length, crc);
      yield chunk;
    }
    if (crc !== digest)
      throw new CorruptionError('the file is not what its digest says: it was damaged after it was written', file.name, 0);
  }

  private tell(bytes: number): void {
    this.bytesDone = Math.min(this.bytesTotal, this.bytesDone + bytes);
    this.hooks.onProgress?.({ bytesDone: Math.round(this.bytesDone), bytesTotal: this.bytesTotal });
  }

  private checkAborted(): void {
    if (this.hooks.signal?.aborted) throw new CassetteError('ABORTED', 'The export was cancelled');
  }
}

function damagedTable(table: TableMetadata, error: CorruptionError): CorruptionError {
  const { file, offset, data } = error;
  const what = error.message.replace(` (${file} at ${offset})`, '');
  const message = `Table ${table} is damaged and can't be exported: ${what}. The others can be: name them in the option 'tables'`;
  return new CorruptionError(message, file, offset, { ...data, table: table.toString() }, error);
}

import { CorruptionError, crc32 } from '@cassette/bytes';
import { printSchema, type TableMetadata } from '@cassette/cql';
import {
  type ByteSource,
  Component,
  decodeDigest,
  printFileName,
  readAll,
  type SSTableReader,
  supportedVersions,
  type TokenRange,
  type Version,
} from '@cassette/sstable';
import { StorageFullError } from '@cassette/storage';
import type { SchemaChanges } from '../lineage/schema-changes.ts';
import { hasAllOf, readRangeOf, shareWithin, spanOf, type TokenInterval } from '../lineage/token-ranges.ts';
import { KWayMerger, PASSED_MAX } from '../merge/index.ts';
import { columnsOf, countPartitions, encodingStatsOf, endsInFullChunk, hasDroppedColumns } from '../merge/merge-sstables.ts';
import { checkAborted, type Slices } from '../scheduler/index.ts';
import { descriptorOf, type LiveSSTable } from '../sstables/index.ts';
import type { EngineSnapshot, SnapshotTable } from '../write-engine/engine-snapshot.ts';
import type { ExportedSSTable, ExportFormat, ExportPlatform, ExportProgress, ExportReport } from './export-options.ts';
import { checkKeyspaces, folderOf } from './export-paths.ts';
import { KitWriter, type ManifestFile, type ManifestHead } from './kit/index.ts';
import { notForCassandra4Of } from './not-for-cassandra-4.ts';
import { isCompressedAs } from './table-compression.ts';

/**
 * The content of a file of an export, in chunks: one is its maker's again when the next is asked for. Gone through with `for await` it gives
 * others their turn, so that an export into something that answers at once can be cancelled too.
 */
export type ExportContent = AsyncIterable<Uint8Array> &
  Iterable<Uint8Array> & {
    /** CRC-32 of what came so far, where that is known: who needs one computes it else. */
    readonly crc32?: () => number;
  };

/** Where the files of an export go: a zip, a directory. */
export interface ExportTarget {
  /** Takes a file whose content comes in chunks of `size` bytes altogether. */
  add(name: string, size: number, content: ExportContent): Promise<void>;
  /** All files were added. Returns the bytes that came of it. */
  finish(): Promise<number>;
  /** The export has failed: resolves when nothing is being written any more, and never rejects. */
  abandon?(): Promise<void>;
}

/** What {@link exportSnapshot} gives out, and under which names. */
export interface ExportPlan {
  readonly format: ExportFormat;
  readonly compact: boolean;
  readonly tables: readonly SnapshotTable[];
  /** Null: all tokens. */
  readonly intervals: readonly TokenInterval[] | null;
  /** Whether an earlier export has what is wanted of an SSTable. */
  isElsewhere(sstable: LiveSSTable): boolean;
  /** The id that an SSTable is given in file names. */
  nameOf(generation: number): string;
  /** What the manifest says beside what is given out; null: there is to be no load kit. */
  readonly manifest: ManifestHead | null;
  /** What has changed of the schema since the export that it goes on from; null for one that stands by itself. */
  readonly schemaChanges: SchemaChanges | null;
  /** Gives others their turn. */
  readonly slices: Slices;
}

/** What was given out. */
export type ExportedFiles = Pick<ExportReport, 'bytes' | 'sstables' | 'incomplete' | 'keyspaces'>;

/** Bytes that a merge reads ahead of all its SSTables together, and of one of them at the most. */
const MERGE_BYTES = 4 << 20;
const READ_AHEAD_BYTES = 256 * 1024;

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
  plan: ExportPlan,
  target: ExportTarget,
  hooks: ExportPlatform = {},
): Promise<ExportedFiles> {
  return await new Export(snapshot, plan, target, hooks).run();
}

class Export {
  private readonly snapshot: EngineSnapshot;
  private readonly plan: ExportPlan;
  private readonly target: ExportTarget;
  private readonly kit: KitWriter;
  private readonly hooks: ExportPlatform;
  private readonly version: Version;
  private readonly exported: ExportedSSTable[] = [];
  /** One for all files: what each makes anew is garbage that gathers. */
  private readonly buffer = new Uint8Array(copyBytes);
  private phase: ExportProgress['phase'] = 'copying';
  private file: string | null = null;
  private bytesDone = 0;
  private bytesTotal = 0;

  constructor(snapshot: EngineSnapshot, plan: ExportPlan, target: ExportTarget, hooks: ExportPlatform) {
    this.snapshot = snapshot;
    this.plan = plan;
    this.target = target;
    this.kit = new KitWriter(target, plan.manifest, plan.slices, hooks.sha256);
    this.hooks = hooks;
    this.version = supportedVersions.get(plan.format)!;
  }

  async run(): Promise<ExportedFiles> {
    const { schema } = this.snapshot;
    const chosen = this.plan.tables.map((one) => ({
      ...one,
      sstables: one.sstables.filter((sstable) => this.isWanted(sstable)),
    }));
    for (const { sstables } of chosen) for (const { record } of sstables) this.bytesTotal += record.bytes;
    this.tell(0);
    const keyspaces = [...new Set(chosen.map(({ table }) => table.keyspace))];
    checkKeyspaces(keyspaces);
    const { schemaChanges } = this.plan;
    for (const name of keyspaces) {
      // Much of it may be there: of an earlier export, of another device's.
      const text = printSchema(schema.keyspace(name)!, { ifNotExists: true, forCassandra4: true });
      await this.kit.addText(`${name}/schema.cql`, text);
      const changes = schemaChanges?.statements.get(name) ?? [];
      if (changes.length > 0) await this.kit.addText(`${name}/schema-changes.cql`, `${changes.join('\n')}\n`);
    }
    for (const { table, sstables } of chosen) {
      try {
        await this.addTable(table, sstables);
      } catch (error) {
        throw error instanceof CorruptionError ? damagedTable(table, error) : error;
      }
    }
    const incomplete = chosen.flatMap(({ table: { keyspace, name }, setAside }) =>
      setAside.map((one) => ({ keyspace, table: name, ...one })),
    );
    const tables = chosen.map(({ table }) => {
      const { keyspace, name, id } = table;
      return { keyspace, table: name, id: id.toString(), folder: folderOf(schema, table) };
    });
    this.checkAborted();
    this.begin('finishing', null);
    await this.kit.finish({ tables, incomplete, ...notForCassandra4Of(schema, keyspaces) });
    const bytes = await this.target.finish();
    return { bytes, sstables: this.exported, incomplete, keyspaces };
  }

  /** Whether it has something that this export is to have. */
  private isWanted(sstable: LiveSSTable): boolean {
    const { intervals } = this.plan;
    if (intervals?.every((interval) => !sstable.reader.mayContainRange(readRangeOf(interval)))) return false;
    return !this.plan.isElsewhere(sstable);
  }

  private async addTable(table: TableMetadata, sstables: readonly LiveSSTable[]): Promise<void> {
    const merged = this.plan.compact || sstables.length === 1;
    const first = this.exported.length;
    if (!merged) for (const sstable of sstables) await this.addMerged(table, [sstable]);
    else if (sstables.length > 0) await this.addMerged(table, sstables);
    if (this.exported.length - first <= 1) return;
    for (let i = first; i < this.exported.length; i++) this.exported[i] = { ...this.exported[i], merged: false };
  }

  /** Several SSTables as one; one that is what a merge would write goes as it is. */
  private async addMerged(table: TableMetadata, sstables: readonly LiveSSTable[]): Promise<void> {
    const readers = sstables.map((sstable) => readerOf(table, sstable));
    const asAsked = !this.plan.compact || isCompressedAs(readers[0].compression, table.params.compression);
    if (sstables.length === 1 && asAsked && this.canGo(table, sstables[0]) && !endsInFullChunk(readers[0])) {
      await this.addFiles(table, sstables[0], 1);
      return;
    }
    const share = sstables.reduce((sum, { record }) => sum + record.bytes, 0);
    const before = this.bytesDone;
    this.begin('merging', `${table}`);
    let merged: LiveSSTable[];
    try {
      merged = await this.merge(table, readers, share / 2);
    } catch (error) {
      // A full device is when one most wants its data out: as they lie they need no room.
      if (!(error instanceof StorageFullError) || !sstables.every((sstable) => this.canGo(table, sstable))) throw error;
      const weight = (before + share - this.bytesDone) / share;
      for (const sstable of sstables) await this.addFiles(table, sstable, weight);
      return;
    }
    try {
      this.checkAborted();
      this.tell(before + share / 2 - this.bytesDone);
      const bytes = merged.reduce((sum, { record }) => sum + record.bytes, 0);
      for (const one of merged) await this.addFiles(table, one, share / 2 / bytes);
    } finally {
      for (const one of merged) await one.discard();
    }
    this.tell(before + share - this.bytesDone);
  }

  /** Whether an SSTable may be given out as it lies. */
  private canGo(table: TableMetadata, sstable: LiveSSTable): boolean {
    const { record } = sstable;
    const reader = readerOf(table, sstable);
    const isWhole = this.plan.intervals === null || hasAllOf(this.plan.intervals, null, spanOf(reader));
    return isWhole && record.version === this.plan.format && !hasDroppedColumns(table, reader);
  }

  /**
   * Writes SSTables that nothing names, one for each range of tokens that has something; a crash leaves litter, which the next start
   * sweeps. Fewer where it was cancelled.
   */
  private async merge(table: TableMetadata, readers: readonly SSTableReader[], share: number): Promise<LiveSSTable[]> {
    const intervals = this.plan.intervals ?? [null];
    const written: LiveSSTable[] = [];
    try {
      for (const interval of intervals) {
        const range = interval === null ? {} : readRangeOf(interval);
        const within = readers.filter((reader) => reader.mayContainRange(range));
        if (within.length === 0) continue;
        const one = await this.mergeRange(table, within, interval, range, share / intervals.length);
        if (one !== null) written.push(one);
      }
    } catch (error) {
      for (const one of written) await one.discard();
      throw error;
    }
    return written;
  }

  private async mergeRange(
    table: TableMetadata,
    readers: readonly SSTableReader[],
    interval: TokenInterval | null,
    range: TokenRange,
    share: number,
  ): Promise<LiveSSTable | null> {
    const { statics, regulars } = columnsOf(table, readers);
    const uncompressed = readers.reduce((sum, reader) => sum + reader.dataLength, 0);
    const before = this.bytesDone;
    const partitions = await this.countPartitions(readers);
    return this.snapshot.writeTemporary(table, {
      version: this.version,
      encodingStats: encodingStatsOf(readers),
      staticColumns: statics,
      regularColumns: regulars,
      expectedPartitions: interval === null ? partitions : partitionsWithin(partitions, readers, interval),
      cursor: new KWayMerger(
        table,
        readers.map((reader) => reader.scan(range, Math.min(READ_AHEAD_BYTES, Math.floor(MERGE_BYTES / readers.length)))),
        { passedMax: PASSED_MAX },
      ),
      cancelled: () => this.hooks.signal?.aborted === true,
      onProgress: (bytes) => this.tell(before + share * Math.min(1, bytes / uncompressed) - this.bytesDone),
    });
  }

  private async countPartitions(readers: readonly SSTableReader[]): Promise<number> {
    const steps = countPartitions(readers);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.plan.slices.pause();
      this.checkAborted();
    }
  }

  /** Copies the components of an SSTable; each of its bytes counts as `weight` of progress. */
  private async addFiles(table: TableMetadata, sstable: LiveSSTable, weight: number): Promise<void> {
    this.checkAborted();
    const { record, reader } = sstable;
    const folder = folderOf(this.snapshot.schema, table);
    const descriptor = { ...descriptorOf(record), id: this.plan.nameOf(record.generation) };
    const digest = await sstable.withComponent(Component.DIGEST, async (file) => decodeDigest(readAll(file), file.name));
    const components: ManifestFile[] = [];
    for (const component of Object.keys(record.components) as Component[]) {
      const path = `${folder}/${printFileName(descriptor, component)}`;
      this.begin('copying', path);
      const given = (file: ByteSource) => {
        if (component !== Component.DATA) return this.kit.addFile(path, file.size, this.chunks(file, weight));
        const sum = { crc: 0 };
        return this.kit.addFile(path, file.size, this.digested(file, weight, digest, sum), () => sum.crc);
      };
      components.push(await sstable.withComponent(component, given));
    }
    const facts = {
      keyspace: table.keyspace,
      table: table.name,
      bytes: record.bytes,
      partitions: record.partitions,
      rows: reader.stats.totalRows,
    };
    const { minTimestamp, maxTimestamp } = record;
    const [first, last] = spanOf(reader);
    this.kit.addSSTable({
      ...facts,
      id: descriptor.id,
      minTimestamp: String(minTimestamp),
      maxTimestamp: String(maxTimestamp),
      firstToken: String(first),
      lastToken: String(last),
      components,
    });
    const data = `${folder}/${printFileName(descriptor, 'Data.db')}`;
    this.exported.push({ ...facts, data, merged: true, minTimestamp, maxTimestamp });
  }

  private *chunks(file: ByteSource, weight: number): Generator<Uint8Array, void, void> {
    const { buffer } = this;
    for (let position = 0; position < file.size; ) {
      this.checkAborted();
      const count = file.read(buffer, position);
      position += count;
      yield buffer.subarray(0, count);
      this.tell(count * weight);
    }
  }

  /** The chunks of Data.db; a file that is not what was written never leaves as if it were. `sum`: of those that were given out. */
  private *digested(file: ByteSource, weight: number, digest: number, sum: { crc: number }): Generator<Uint8Array, void, void> {
    for (const chunk of this.chunks(file, weight)) {
      sum.crc = crc32(chunk, 0, chunk.length, sum.crc);
      yield chunk;
    }
    if (sum.crc !== digest)
      throw new CorruptionError('the file is not what its digest says: it was damaged after it was written', file.name, 0);
  }

  private begin(phase: ExportProgress['phase'], file: string | null): void {
    this.phase = phase;
    this.file = file;
    this.tell(0);
  }

  private tell(bytes: number): void {
    const { phase, file, bytesTotal } = this;
    this.bytesDone = Math.min(bytesTotal, this.bytesDone + bytes);
    this.hooks.onProgress?.({ phase, file, bytesDone: Math.round(this.bytesDone), bytesTotal });
  }

  private checkAborted(): void {
    checkAborted('The export', this.hooks.signal);
  }
}

/** It shows the table as the export has it, whatever it was altered to meanwhile. */
function readerOf(table: TableMetadata, sstable: LiveSSTable): SSTableReader {
  return sstable.readerOf(table) ?? sstable.reader;
}

/** About how many of the partitions are of some tokens: they lie evenly. */
function partitionsWithin(partitions: number, readers: readonly SSTableReader[], interval: TokenInterval): number {
  const share = Math.max(...readers.map((reader) => shareWithin([interval], spanOf(reader))));
  return Math.max(1, Math.ceil(partitions * share));
}

function damagedTable(table: TableMetadata, error: CorruptionError): CorruptionError {
  const { file, offset, data } = error;
  const what = error.message.replace(` (${file} at ${offset})`, '');
  const message = `Table ${table} is damaged and can't be exported: ${what}. The others can be: name them in the option 'tables'`;
  return new CorruptionError(message, file, offset, { ...data, table: table.toString() }, error);
}

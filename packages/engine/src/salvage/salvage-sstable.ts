import { CassetteError, crc32c, toHex } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  type ByteSource,
  Component,
  type CompressionInfo,
  type Descriptor,
  decodeStatistics,
  layoutOfHeader,
  maxCompressedLengthOf,
  readAll,
  type SerializationHeader,
  type SSTableSources,
} from '@cassette/sstable';
import { type Storage, StorageError, type StorageFile } from '@cassette/storage';
import { flushCompression } from '../sstables/index.ts';
import { checkedData } from './chunk-runs.ts';
import { PartitionEntries } from './partition-entries.ts';
import type { LostRange, SalvagedSSTable } from './salvage-report.ts';
import { SalvageRows } from './salvage-rows.ts';
import type { SalvageTarget } from './salvage-target.ts';

/** Keys that a report names. */
const KEYS_TOLD = 100;

/** The files of an SSTable that is to be salvaged. */
export interface FoundSSTable {
  readonly tableId: string;
  readonly descriptor: Descriptor;
  /** Names in the store's directory, by component. */
  readonly files: ReadonlyMap<Component, string>;
  /** CRC-32C of components, as the catalog has them; empty where it does not. */
  readonly checksums: Readonly<Record<string, number>>;
}

/** The header of an SSTable; null where it is damaged: without it nothing of the rows can be understood. Throws StorageError. */
export async function headerOf(storage: Storage, { files, descriptor }: FoundSSTable): Promise<SerializationHeader | null> {
  const name = files.get(Component.STATISTICS);
  if (name === undefined) return null;
  const file = await storage.open(name, { lenient: true });
  try {
    return decodeStatistics(readAll(file), name, descriptor.version).header;
  } catch (error) {
    told(error);
    return null;
  } finally {
    file.close();
  }
}

/**
 * Takes what checksums vouch for from an SSTable into a table of the target. Never throws for what is in the files; throws StorageError.
 */
export async function salvageSSTable(
  storage: Storage,
  found: FoundSSTable,
  header: SerializationHeader | null,
  table: TableMetadata,
  target: SalvageTarget,
): Promise<SalvagedSSTable> {
  const { files, descriptor, checksums } = found;
  const file = files.get(Component.DATA) ?? `${[...files.values()][0]} (Data.db)`;
  const nothing = { file, table: table.toString(), partitions: 0, rows: 0, deletions: 0, keysLost: [], partitionsLost: null };
  const opened = new Map<Component, StorageFile>();
  try {
    for (const [component, name] of files) opened.set(component, await storage.open(name, { lenient: true }));
    const sources: SSTableSources = Object.fromEntries(opened);
    const data = sources[Component.DATA];
    if (data === undefined) return { ...nothing, lost: [{ file, from: 0, to: 0, reason: 'Data.db is missing' }] };
    const all = (reason: string) => ({ ...nothing, lost: [{ file, from: 0, to: data.size, reason }] });
    if (header === null) {
      return all('Statistics.db is damaged or missing: without it nothing says which columns the rows have');
    }
    try {
      const layout = layoutOfHeader(header, descriptor.version, table, files.get(Component.STATISTICS)!);
      const checked = checkedData(sources, compressionOf(sources, table));
      const index = sources[Component.INDEX];
      const expected = checksums[Component.INDEX];
      const rows = await new SalvageRows({
        checked,
        layout,
        table,
        entries: new PartitionEntries(sources, checked.data, layout, descriptor.version),
        isIndexVouchedFor: index !== undefined && expected !== undefined && checksumOf(index) === expected,
        target,
      }).run();
      const entries = new PartitionEntries(sources, checked.data, layout, descriptor.version);
      return { ...nothing, ...rows, ...keysOf(entries, rows.lost, checked.data.size) };
    } catch (error) {
      return all(told(error));
    }
  } finally {
    for (const one of opened.values()) one.close();
  }
}

/** Null where Data.db is not compressed: a table's may be for one SSTable and not for another, only its own files say. */
function compressionOf(
  sources: SSTableSources,
  { params }: TableMetadata,
): Pick<CompressionInfo, 'compressor' | 'options' | 'chunkLength' | 'maxCompressedLength'> | null {
  if (sources[Component.CRC] !== undefined) return null;
  const { enabled, compressor, chunkLength, minCompressRatio } = flushCompression(params.compression);
  if (!enabled) return null;
  return { compressor, options: [], chunkLength, maxCompressedLength: maxCompressedLengthOf(chunkLength, minCompressRatio) };
}

function keysOf(
  entries: PartitionEntries,
  lost: readonly LostRange[],
  end: number,
): Pick<SalvagedSSTable, 'keysLost' | 'partitionsLost'> {
  if (lost.length === 0) return { keysLost: [], partitionsLost: 0 };
  const keysLost: string[] = [];
  let partitionsLost = 0;
  let hasAny = false;
  let range = 0;
  for (let entry = entries.step(); entry !== null; ) {
    hasAny = true;
    const next = entries.step();
    const to = next?.position ?? end;
    while (range < lost.length && lost[range].to <= entry.position) range++;
    if (range < lost.length && lost[range].from < to) {
      partitionsLost++;
      if (entry.key !== null && keysLost.length < KEYS_TOLD) keysLost.push(toHex(entry.key));
    }
    entry = next;
  }
  return { keysLost, partitionsLost: hasAny ? partitionsLost : null };
}

function checksumOf(source: ByteSource): number {
  const buffer = new Uint8Array(1 << 16);
  let crc = 0;
  for (let at = 0; at < source.size; ) {
    const count = source.read(buffer, at);
    if (count === 0) break;
    crc = crc32c(buffer, 0, count, crc);
    at += count;
  }
  return crc;
}

/** What is wrong with a file, as its error says. Throws what is not about a file's content. */
function told(error: unknown): string {
  if (error instanceof CassetteError && !(error instanceof StorageError)) return error.message;
  throw error;
}

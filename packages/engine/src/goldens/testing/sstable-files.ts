import { ByteWriter, toHex } from '@cassette/bytes';
import {
  bytesSource,
  Component,
  decodeStatistics,
  encodeStatistics,
  jsonDump,
  nb,
  SSTableReader,
  type SSTableSources,
  type Statistics,
  type Version,
} from '@cassette/sstable';

/** The components of one SSTable in memory. */
export type SSTableFiles = ReadonlyMap<Component, Uint8Array>;

/** SSTables by `keyspace.table` and then by generation. */
export type SSTablesOfStore = ReadonlyMap<string, ReadonlyMap<number, SSTableFiles>>;

/** Gathers files into SSTables. */
export class SSTableCollection {
  readonly tables = new Map<string, Map<number, Map<Component, Uint8Array>>>();

  /** Takes one component of the SSTable of that generation of `keyspace.table`. */
  add(table: string, generation: number, component: string, bytes: Uint8Array): void {
    const generations = this.tables.get(table) ?? new Map<number, Map<Component, Uint8Array>>();
    this.tables.set(table, generations);
    const files = generations.get(generation) ?? new Map<Component, Uint8Array>();
    generations.set(generation, files);
    files.set(component as Component, bytes);
  }
}

/** Which SSTables there are, as lines `keyspace.table: 1,2`. */
export function generationsOf(sstables: SSTablesOfStore): string[] {
  return [...sstables].map(([table, all]) => `${table}: ${[...all.keys()].sort((a, b) => a - b)}`).sort();
}

/** The statistics of an SSTable of that version. */
export function statisticsOf(files: SSTableFiles, version: Version = nb): Statistics {
  return decodeStatistics(contentOf(files, Component.STATISTICS), Component.STATISTICS, version);
}

/**
 * Components as hex, statistics with the commit log positions and host id of another SSTable: they are the node's own, and all that the
 * statements do not determine.
 */
export function comparableFiles(files: SSTableFiles, other: Statistics, version: Version = nb): Record<string, string> {
  const { commitLogIntervals, originatingHostId } = other.stats;
  const own = statisticsOf(files, version);
  const out = new ByteWriter();
  encodeStatistics(out, { ...own, stats: { ...own.stats, commitLogIntervals, originatingHostId } }, version);
  const all = [...files].map(([component, bytes]): [string, string] => [component, toHex(bytes)]);
  return { ...Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))), [Component.STATISTICS]: toHex(out.written()) };
}

/** The SSTable as sstabledump prints it, with raw timestamps; table and types come from its own header. */
export function dumpOf(files: SSTableFiles, nowInSeconds: number, version: Version = nb): string {
  const reader = readerOf(files, version);
  const cursor = reader.cursor({ partitions: { range: {} } });
  try {
    return [...jsonDump(cursor, reader.table, { rawTimestamps: true, nowInSeconds })].join('');
  } finally {
    cursor.close();
  }
}

/** A reader of an SSTable of that version; table and types come from its own header. */
export function readerOf(files: SSTableFiles, version: Version = nb): SSTableReader {
  return SSTableReader.open({ version, id: '1' }, sourcesOf(files));
}

/** The components as what a reader takes. */
export function sourcesOf(files: SSTableFiles): SSTableSources {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, bytesSource(bytes, name)]));
}

function contentOf(files: SSTableFiles, component: Component): Uint8Array {
  const bytes = files.get(component);
  if (bytes === undefined) throw new Error(`there is no ${component}`);
  return bytes;
}

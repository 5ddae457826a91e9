import { Sha256, toHex } from '@cassette/bytes';
import { printSchema, type Schema, type TableMetadata, Uuid } from '@cassette/cql';
import { printFileName, supportedVersions } from '@cassette/sstable';
import { TimeUuidGenerator } from '../prepared/index.ts';
import { type ExportedSSTable, type ExportFormat, type ExportReport, exportFormats } from './export-options.ts';
import { folderOf } from './export-paths.ts';
import { loadScriptOf } from './kit/load-script.ts';
import { checksumsOf, type ExportManifest, filesOfManifest, type ManifestSSTable } from './kit/manifest.ts';
import { readmeOf } from './kit/readme.ts';
import { notForCassandra4Of } from './not-for-cassandra-4.ts';
import { newTimeUuid, sstableNames } from './sstable-names.ts';

/** An SSTable that was written beside any store. */
export interface WrittenSSTable {
  readonly partitions: number;
  /** Static ones included. */
  readonly rows: number;
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly firstToken: bigint;
  readonly lastToken: bigint;
  /** All components. */
  readonly files: readonly WrittenFile[];
}

/** A component of a {@link WrittenSSTable}. */
export interface WrittenFile {
  /** As `Data.db`. */
  readonly component: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** SSTables of one table that are to be an export. */
export interface WrittenTable<S extends WrittenSSTable> {
  readonly schema: Schema;
  /** Of that schema. */
  readonly table: TableMetadata;
  readonly sstables: readonly S[];
  /** The version that they have. */
  readonly format: ExportFormat;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Fills with chance. */
  readonly randomBytes: (target: Uint8Array) => void;
}

/** The parts of an export: put under their names they are one. */
export interface WrittenExport<S extends WrittenSSTable> {
  /** Schema and load kit. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  /** The name of each file that there is already. */
  readonly files: readonly { readonly name: string; readonly file: S['files'][number] }[];
  /** What an export of a store would report. */
  readonly report: ExportReport;
}

/**
 * What makes an export of SSTables that were just written, the same as if they had been a store's: {@link runExport} copies files and looks at
 * each byte; these were hashed when they were written and need only be brought to their places.
 */
export function writtenExport<S extends WrittenSSTable>(written: WrittenTable<S>): WrittenExport<S> {
  const { schema, table, sstables, format, createdAt, randomBytes } = written;
  const timeUuids = new TimeUuidGenerator(() => createdAt * 1000, randomBytes);
  const nameOf = sstableNames('number', timeUuids, randomBytes);
  const version = supportedVersions.get(format)!;
  const { keyspace, name, id } = table;
  const folder = folderOf(schema, table);
  const files: { name: string; file: S['files'][number] }[] = [];
  const inManifest: ManifestSSTable[] = [];
  const exported: ExportedSSTable[] = [];
  for (const sstable of sstables) {
    const { partitions, rows, minTimestamp, maxTimestamp, firstToken, lastToken } = sstable;
    const descriptor = { version, id: nameOf(0) };
    const pathOf = (component: string) => `${folder}/${printFileName(descriptor, component)}`;
    const named = sstable.files.map((file) => ({ name: pathOf(file.component), file }));
    files.push(...named);
    const bytes = sstable.files.reduce((sum, { size }) => sum + size, 0);
    const facts = { keyspace, table: name, bytes, partitions, rows };
    inManifest.push({
      ...facts,
      id: descriptor.id,
      minTimestamp: String(minTimestamp),
      maxTimestamp: String(maxTimestamp),
      firstToken: String(firstToken),
      lastToken: String(lastToken),
      components: named.map(({ name: path, file: { size, sha256 } }) => ({ name: path, size, sha256 })),
    });
    exported.push({ ...facts, data: pathOf('Data.db'), merged: sstables.length === 1, minTimestamp, maxTimestamp });
  }
  const inKeyspace = schema.keyspace(keyspace)!;
  const cql = { name: `${keyspace}/schema.cql`, text: printSchema(inKeyspace, { ifNotExists: true, forCassandra4: true }) };
  const readableBy = exportFormats[format];
  const manifest: ExportManifest = {
    kind: 'cassette-export',
    version: 1,
    id: new Uuid(newTimeUuid(timeUuids)).toString(),
    since: null,
    createdAt: new Date(createdAt).toISOString(),
    format,
    readableBy,
    tokenRanges: null,
    truncated: [],
    dropped: [],
    schemaChanges: [],
    schemaByHand: [],
    incomplete: [],
    ...notForCassandra4Of(schema, [keyspace]),
    tables: [{ keyspace, table: name, id: id.toString(), folder }],
    sstables: inManifest,
    files: [{ name: cql.name, size: byteLength(cql.text), sha256: hashOf(cql.text) }],
  };
  const texts = [
    cql,
    { name: 'SHA256SUMS', text: checksumsOf(filesOfManifest(manifest)) },
    { name: 'README.md', text: readmeOf(manifest) },
    { name: 'load.sh', text: loadScriptOf(manifest) },
    { name: 'manifest.json', text: `${JSON.stringify(manifest, null, 1)}\n` },
  ];
  const report: ExportReport = {
    id: manifest.id,
    since: null,
    remembered: false,
    format,
    readableBy,
    bytes: [...texts.map(({ text }) => byteLength(text)), ...files.map(({ file }) => file.size)].reduce((a, b) => a + b, 0),
    sstables: exported,
    incomplete: [],
    keyspaces: [keyspace],
  };
  return { texts, files, report };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function hashOf(text: string): string {
  const hash = new Sha256();
  hash.update(new TextEncoder().encode(text));
  return toHex(hash.digest());
}

import type { ExportFormat, MissingSSTable } from '../export-options.ts';

/** One file of an export. */
export interface ManifestFile {
  /** Path in the export, with `/`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** A table of an export, whether or not there is anything of it. */
export interface ManifestTable {
  readonly keyspace: string;
  readonly table: string;
  /** Its UUID in the store that was exported; a cluster gives its own another one. */
  readonly id: string;
  /** Path of the folder that its SSTables are in. */
  readonly folder: string;
}

/** An SSTable of an export. Timestamps in microseconds and tokens as text: they are 64-bit integers. */
export interface ManifestSSTable {
  readonly keyspace: string;
  readonly table: string;
  /** As in the names of its files. */
  readonly id: string;
  readonly partitions: number;
  /** Static ones included. */
  readonly rows: number;
  readonly minTimestamp: string;
  readonly maxTimestamp: string;
  readonly firstToken: string;
  readonly lastToken: string;
  /** Bytes of all components. */
  readonly bytes: number;
  readonly components: readonly ManifestFile[];
}

/** What `manifest.json` at the root of an export says. */
export interface ExportManifest {
  readonly kind: 'cassette-export';
  /** Of this form of manifest. */
  readonly version: 1;
  readonly id: string;
  /** The export without which, and those it goes on from, this one is not all there is; null: it stands by itself. */
  readonly since: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Version of the SSTables. */
  readonly format: ExportFormat;
  /** For people: which nodes load them. */
  readonly readableBy: string;
  /** First and last token of each range that was asked for; null: all. */
  readonly tokenRanges: readonly (readonly [first: string, last: string])[] | null;
  /**
   * Tables that were emptied (TRUNCATE), and that were dropped, since the export that this goes on from, as `keyspace.table`: no SSTable says
   * so, and the cluster is to be told after the earlier exports are loaded and before this one is.
   */
  readonly truncated: readonly string[];
  readonly dropped: readonly string[];
  /**
   * What brings a cluster with the schema of the earlier exports to this one's, as CQL: statements that may be run again and again
   * (`KEYSPACE/schema-changes.cql`, which `load.sh --schema` runs), and those for people to judge, which rename or drop something.
   */
  readonly schemaChanges: readonly string[];
  readonly schemaByHand: readonly string[];
  /** SSTables that are missing because they were damaged, as ExportReport has them. */
  readonly incomplete: readonly MissingSSTable[];
  /**
   * Tables of the schemas that no Cassandra 4 can make, and what of each it does not know: a vector, the unified compaction strategy,
   * options of 5.0.
   */
  readonly notForCassandra4: readonly { readonly table: string; readonly because: readonly string[] }[];
  /** The same of user types, as `keyspace.type`, whether or not a table has them: schema.cql makes them all. */
  readonly typesNotForCassandra4: readonly { readonly type: string; readonly because: readonly string[] }[];
  readonly tables: readonly ManifestTable[];
  readonly sstables: readonly ManifestSSTable[];
  /** The other files: schemas. Of README.md, load.sh, SHA256SUMS and this one there is nothing here. */
  readonly files: readonly ManifestFile[];
}

/** The text of SHA256SUMS: what `sha256sum -c` reads. */
export function checksumsOf(files: readonly ManifestFile[]): string {
  return files.map(({ sha256, name }) => `${sha256}  ${name}\n`).join('');
}

/** All files that a manifest names. */
export function filesOfManifest({ files, sstables }: ExportManifest): ManifestFile[] {
  return [...files, ...sstables.flatMap(({ components }) => components)];
}

import { CassetteError, fromHex, toHex } from '@cassette/bytes';
import { Schema, type SchemaJson, schemaFromJson, schemaToJson, type TableMetadata } from '@cassette/cql';
import {
  type Catalog,
  type CatalogChanges,
  type CatalogValue,
  isEncryptedCatalog,
  isUnfinishedCopy,
  missingKey,
  unfinishedCopy,
} from '@cassette/storage';
import { type ExportRecord, exportFromValue, exportKey, exportToValue } from './export-record.ts';

// What the catalog says, all of it small JSON records:
//   store                          { format, lowestWalSegment, hasWal, clock }
//   schema                         as schemaToJson has it
//   sstable/<table id>/<generation>   { version, level, bytes, partitions, components, checksums, minTimestamp, maxTimestamp, createdAt, coveredBy }
//   counter-id                     the 16 bytes, in hex, that this store's addends of counters go by
//   log-id                         12 hexadecimal digits of chance: which log this is, for positions in it
//   cdc/<table id>                 numbers of the WAL segments from which on the table's `cdc` was another, ascending
//   truncated/<table id>           number: mutations of the table in WAL segments before that one are void
//   export/<number>                an export that was made, see export-record.ts
//
// A file that no record names is litter. A record is only written after the files it names are durable.

/** Version of the records and of how they name files. */
export const STORE_FORMAT = 1;

/** The record of the store itself. */
export interface StoreRecord {
  /** The oldest WAL segment that holds something that is in no SSTable. */
  readonly lowestWalSegment: number;
  /** Whether that segment had its file, durably, when this was written: if it has none now, it was lost. */
  readonly hasWal: boolean;
  /** A timestamp (microseconds) as late as any that was issued before this record was written. */
  readonly clock: number;
}

/** The record of an SSTable that is live. */
export interface SSTableRecord {
  readonly tableId: string;
  readonly generation: number;
  /** Two letters. */
  readonly version: string;
  readonly level: number;
  /** Of all components together. */
  readonly bytes: number;
  readonly partitions: number;
  /** As Component has them, with their bytes. */
  readonly components: Readonly<Record<string, number>>;
  /** CRC-32C of components; of Data.db there is none, it has its own, and a record of before there were any has none at all. */
  readonly checksums: Readonly<Record<string, number>>;
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** When it was written, in seconds since the epoch; a record of before this was kept has none. */
  readonly createdAt?: number;
  /** Numbers of the exports, each with those it goes on from, that have all this holds of their tokens; absent: none has. */
  readonly coveredBy?: readonly number[];
}

/** All that a catalog says. */
export interface CatalogContents {
  /** Absent in a store that was never opened. */
  readonly store: StoreRecord | undefined;
  readonly schema: Schema;
  readonly sstables: readonly SSTableRecord[];
  /** By table id. */
  readonly truncated: ReadonlyMap<string, number>;
  /** 16 bytes; absent in a store that never counted. */
  readonly counterId: Uint8Array | undefined;
  /** Absent in a store that no Cassette has opened which knows of it. */
  readonly logId: string | undefined;
  /** By table id: the WAL segments from which on its `cdc` was another, ascending. */
  readonly cdcSwitches: ReadonlyMap<string, readonly number[]>;
  /** Oldest first. */
  readonly exports: readonly ExportRecord[];
}

/** A table's id as the catalog and file names have it: 32 hexadecimal digits. */
export function tableKey(table: TableMetadata): string {
  return toHex(table.id.bytes);
}

/** Key of an SSTable's record. */
export function sstableKey(tableId: string, generation: number): string {
  return `sstable/${tableId}/${generation}`;
}

/** Key of a table's truncation record. */
export function truncatedKey(tableId: string): string {
  return `truncated/${tableId}`;
}

/** Key of the record that says when a table's `cdc` changed. */
export function cdcKey(tableId: string): string {
  return `cdc/${tableId}`;
}

/**
 * Reads everything. Throws CassetteError STORE_FORMAT for a store of another format, CATALOG_CORRUPT for records that are none,
 * StorageError ENCRYPTION_KEY_MISSING for those of an encrypted store that is read without its key, COPY_UNFINISHED for what an interrupted
 * copy left.
 */
export async function loadCatalog(catalog: Catalog): Promise<CatalogContents> {
  const records = await catalog.load();
  if (isUnfinishedCopy(records)) throw unfinishedCopy();
  if (isEncryptedCatalog(records)) throw missingKey();
  let store: StoreRecord | undefined;
  let schema = Schema.empty;
  const sstables: SSTableRecord[] = [];
  const truncated = new Map<string, number>();
  let counterId: Uint8Array | undefined;
  let logId: string | undefined;
  const cdcSwitches = new Map<string, readonly number[]>();
  const exports: ExportRecord[] = [];
  for (const [key, value] of records) {
    const [kind, tableId, generation] = key.split('/');
    if (key === 'store') store = readStore(value);
    else if (key === 'schema') schema = schemaFromJson(value as unknown as SchemaJson);
    else if (key === 'counter-id') counterId = readCounterId(value);
    else if (key === 'log-id') logId = readLogId(value);
    else if (kind === 'cdc' && tableId !== undefined) cdcSwitches.set(tableId, readSwitches(key, value));
    else if (kind === 'sstable' && tableId !== undefined) sstables.push(readSSTable(key, tableId, Number(generation), value));
    else if (kind === 'truncated' && tableId !== undefined) truncated.set(tableId, numberOf(key, value));
    else if (kind === 'export' && tableId !== undefined) exports.push(readExport(key, Number(tableId), value));
    else throw corrupt(key, 'is not a record that there is');
  }
  sstables.sort((a, b) => a.generation - b.generation);
  exports.sort((a, b) => a.number - b.number);
  return { store, schema, sstables, truncated, counterId, logId, cdcSwitches, exports };
}

/** Collects the changes of one transaction. */
export class CatalogTransaction {
  private readonly puts = new Map<string, CatalogValue>();
  private readonly deletes: string[] = [];

  putStore(record: StoreRecord): this {
    const { lowestWalSegment, hasWal, clock } = record;
    this.puts.set('store', { format: STORE_FORMAT, lowestWalSegment, hasWal, clock });
    return this;
  }

  putSchema(schema: Schema): this {
    this.puts.set('schema', schemaToJson(schema) as unknown as CatalogValue);
    return this;
  }

  putSSTable(record: SSTableRecord): this {
    const { tableId, generation, minTimestamp, maxTimestamp, components, checksums, coveredBy, ...plain } = record;
    this.puts.set(sstableKey(tableId, generation), {
      ...plain,
      ...(coveredBy !== undefined && coveredBy.length > 0 && { coveredBy: [...coveredBy] }),
      components: { ...components },
      checksums: { ...checksums },
      minTimestamp: String(minTimestamp),
      maxTimestamp: String(maxTimestamp),
    });
    return this;
  }

  putTruncated(tableId: string, segment: number): this {
    this.puts.set(truncatedKey(tableId), segment);
    return this;
  }

  putExport(record: ExportRecord): this {
    this.puts.set(exportKey(record.number), exportToValue(record));
    return this;
  }

  putCounterId(id: Uint8Array): this {
    this.puts.set('counter-id', toHex(id));
    return this;
  }

  putLogId(id: string): this {
    this.puts.set('log-id', id);
    return this;
  }

  putCdcSwitches(tableId: string, segments: readonly number[]): this {
    this.puts.set(cdcKey(tableId), [...segments]);
    return this;
  }

  delete(...keys: readonly string[]): this {
    this.deletes.push(...keys);
    return this;
  }

  get changes(): CatalogChanges {
    return { put: this.puts, delete: this.deletes };
  }
}

function readStore(value: CatalogValue): StoreRecord {
  const record = recordOf('store', value);
  const format = numberOf('store format', record['format']);
  if (format !== STORE_FORMAT) {
    throw new CassetteError(
      'STORE_FORMAT',
      `The store has format ${format}, this Cassette reads ${STORE_FORMAT}: update Cassette`,
      {
        format,
      },
    );
  }
  return {
    lowestWalSegment: numberOf('lowestWalSegment', record['lowestWalSegment']),
    hasWal: record['hasWal'] === true,
    clock: numberOf('clock', record['clock']),
  };
}

function readCounterId(value: CatalogValue): Uint8Array {
  const id = typeof value === 'string' ? fromHex(value) : null;
  if (id?.length !== 16) throw corrupt('counter-id', 'is no id');
  return id;
}

function readLogId(value: CatalogValue): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{12}$/.test(value)) throw corrupt('log-id', 'is no id');
  return value;
}

function readSwitches(key: string, value: CatalogValue): readonly number[] {
  if (!Array.isArray(value)) throw corrupt(key, 'is no list');
  return value.map((number) => numberOf(key, number));
}

function readExport(key: string, number: number, value: CatalogValue): ExportRecord {
  const record = exportFromValue(number, value);
  if (record === null) throw corrupt(key, 'is no record of an export');
  return record;
}

function readSSTable(key: string, tableId: string, generation: number, value: CatalogValue): SSTableRecord {
  const record = recordOf(key, value);
  return {
    tableId,
    generation: numberOf(key, generation),
    version: String(record['version']),
    level: numberOf(key, record['level']),
    bytes: numberOf(key, record['bytes']),
    partitions: numberOf(key, record['partitions']),
    components: numbersOf(key, record['components']),
    checksums: numbersOf(key, record['checksums'] ?? {}),
    minTimestamp: BigInt(String(record['minTimestamp'])),
    maxTimestamp: BigInt(String(record['maxTimestamp'])),
    ...(record['createdAt'] !== undefined && { createdAt: numberOf(key, record['createdAt']) }),
    ...(Array.isArray(record['coveredBy']) && { coveredBy: record['coveredBy'].map((number) => numberOf(key, number)) }),
  };
}

function numbersOf(key: string, value: CatalogValue | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(recordOf(key, value)).map(([name, number]) => [name, numberOf(key, number)]));
}

function recordOf(key: string, value: CatalogValue | undefined): { readonly [key: string]: CatalogValue } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw corrupt(key, 'is no record');
  return value as { readonly [key: string]: CatalogValue };
}

function numberOf(key: string, value: CatalogValue | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw corrupt(key, 'is no whole number');
  return value;
}

function corrupt(key: string, why: string): CassetteError {
  return new CassetteError('CATALOG_CORRUPT', `The store's catalog is damaged: ${key} ${why}`, { key });
}

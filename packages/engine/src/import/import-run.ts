import { CassetteError } from '@cassette/bytes';
import { type Schema, type TableMetadata, Uuid } from '@cassette/cql';
import { bytesSource, Component } from '@cassette/sstable';
import { type Storage, StorageFullError } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import type { Clock } from '../clock/index.ts';
import { checkKnown } from '../config/known-options.ts';
import { type Scheduler, Slices } from '../scheduler/index.ts';
import { checkTaken } from './check-taken.ts';
import { type GatheredTable, gather, type NamedTable } from './gather.ts';
import { entriesOfFiles, entriesOfZip, type ImportEntry, isBytes, readWhole } from './import-entries.ts';
import { checkAborted, ImportError } from './import-error.ts';
import type { ImportedTable, ImportFile, ImportOptions, ImportProgress, ImportReport, ImportSource } from './import-options.ts';
import { planSchema, type SchemaPlan, type TableToFill } from './plan-schema.ts';
import { randomAccess } from './random-access.ts';
import { type ImportedSchema, readSchema, type SchemaText } from './read-schema.ts';
import { needsRewriting, rewritten } from './rewrite.ts';
import { Spool } from './spool.ts';
import { readHead, type SSTableHead, takeSSTable } from './take-sstable.ts';

/** The store that an import goes into. */
export interface ImportStore {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly clock: Clock & { nowInSeconds(): number };
  readonly sliceMilliseconds: number;
  readonly schema: Schema;
  /** The keyspace of names in CQL that tell none. */
  readonly keyspace: string;
  randomBytes(target: Uint8Array): void;
  /** A generation that no file of the table has. */
  nextGeneration(tableId: string): number;
  /**
   * Makes SSTables live in one transaction, in the schema that `planned` makes of the one that there is then. `checkWanted` is asked until the
   * transaction begins, and throws where it is not to be.
   */
  adopt(records: readonly SSTableRecord[], planned: (current: Schema) => Schema, checkWanted: () => void): Promise<void>;
  /** Removes files that nobody names. */
  abandon(records: readonly SSTableRecord[]): Promise<void>;
}

const SCHEMA_MAX = 32 << 20;

/** An SSTable that lies in the store and that nobody names yet. */
interface Taken {
  readonly head: SSTableHead;
  readonly record: SSTableRecord;
  readonly partitions: number;
  readonly rows: number;
  readonly isRewritten: boolean;
}

/**
 * Imports SSTables into a store, all of them or none: read at random, copied a chunk at a time, verified, and then made live in one
 * transaction, merged by timestamp with what is there from then on. Rejects with ImportError, SchemaMismatchError, MissingComponentError,
 * UnsupportedVersionError, CqlErrors of the schema, StorageError (StorageFullError before anything is copied, where the platform tells how
 * much is free), CassetteError ABORTED.
 */
export function importInto(store: ImportStore, source: ImportSource, options: ImportOptions = {}): Promise<ImportReport> {
  return new ImportRun(store, checkedOptions(options)).run(source);
}

class ImportRun {
  private readonly store: ImportStore;
  private readonly options: ImportOptions;
  private readonly named: NamedTable;
  private readonly ids = new Map<string, Uuid>();
  private readonly taken: Taken[] = [];
  /** Also those that are not among `taken` yet. */
  private readonly records = new Set<SSTableRecord>();
  private readonly warnings: string[] = [];
  private readonly slices: Slices;
  private bytesTotal = 0;
  private bytesDone = 0;
  /** What is read or verified now, as it is called where it comes from. */
  private file: string | null = null;

  constructor(store: ImportStore, options: ImportOptions) {
    this.store = store;
    this.options = options;
    this.slices = new Slices(store.scheduler, store.sliceMilliseconds);
    const [keyspace, name] = options.table?.split('.') ?? [];
    this.named = {
      ...(options.table !== undefined && { table: { keyspace, name } }),
      ...(options.keyspace !== undefined && { keyspace: options.keyspace }),
    };
  }

  async run(source: ImportSource): Promise<ImportReport> {
    const { signal } = this.options;
    checkAborted(signal);
    let spool: Spool | null = null;
    try {
      if (source instanceof Uint8Array)
        return await this.runEntries(
          await entriesOfZip(randomAccess(bytesSource(source, 'the zip'), 'the zip', signal), 'the zip'),
        );
      if (Array.isArray(source)) return await this.runEntries(await entriesOfFiles(source as readonly ImportFile[], signal));
      const name = nameOf(source);
      if (isBytes(source)) return await this.runEntries(await entriesOfZip(randomAccess(source, name, signal), name));
      if (!isStream(source))
        throw new ImportError('IMPORT_INVALID', 'An import takes a Blob, bytes, a stream of bytes, or a list of { name, blob }');
      this.file = name;
      const told = (bytes: number) => {
        this.bytesDone = bytes;
        this.tell('spooling', 0);
      };
      spool = await Spool.of(this.store.storage, source, this.options.signal, told, this.slices);
      return await this.runEntries(await entriesOfZip(randomAccess(spool.source, name, signal), name));
    } finally {
      await spool?.remove();
    }
  }

  private async runEntries(entries: readonly ImportEntry[]): Promise<ImportReport> {
    const { store, options } = this;
    const gathered = gather(entries, this.named);
    const imported = await this.readSchemas(gathered.schemas);
    const heads: { readonly of: GatheredTable; readonly head: SSTableHead }[] = [];
    for (const of of gathered.tables) {
      for (const sstable of of.sstables) {
        checkAborted(options.signal);
        heads.push({ of, head: await readHead(sstable) });
        await this.slices.pause();
      }
    }
    const fill: TableToFill[] = gathered.tables.map((of) => ({
      keyspace: of.keyspace,
      table: of.table,
      headers: heads
        .filter((one) => one.of === of)
        .map(({ head }) => ({
          file: head.sstable.components.get(Component.STATISTICS)!.shown,
          header: head.statistics.header,
        })),
    }));
    const plan = (current: Schema): SchemaPlan =>
      planSchema({
        current,
        imported: imported.schema,
        fill,
        addMissingColumns: options.addMissingColumns === true,
        idOf: (name) => this.idOf(name),
      });
    const first = plan(store.schema);
    const bytes = heads.reduce((sum, { head }) => sum + head.bytes, 0);
    await this.checkSpace(bytes);
    this.bytesTotal = this.bytesDone + bytes * (options.verify === 'quick' ? 1 : 2);
    try {
      for (const { of, head } of heads) await this.take(head, tableOf(first, of.keyspace, of.table));
      await this.checkUnread(entries);
      this.file = null;
      this.tell('finishing', 0);
      const checkWanted = () => checkAborted(options.signal);
      checkWanted();
      let final = first;
      const planned = (current: Schema) => {
        final = plan(current);
        this.checkSameTables(first, final);
        return final.next;
      };
      await store.adopt([...this.records], planned, checkWanted);
      this.bytesDone = this.bytesTotal;
      this.tell('finishing', 0);
      return this.report(final, gathered.ignored, imported);
    } catch (error) {
      await store.abandon([...this.records]);
      throw error;
    }
  }

  private async readSchemas(
    files: readonly { readonly entry: ImportEntry; readonly keyspace: string | null }[],
  ): Promise<ImportedSchema> {
    const { schema } = this.options;
    const keyspace = this.named.table?.keyspace ?? this.named.keyspace;
    const texts: SchemaText[] = [];
    if (schema !== undefined) texts.push({ name: 'the given schema', text: schema, keyspace: keyspace ?? this.store.keyspace });
    else {
      for (const one of files) {
        const text = decodeText(await readWhole(one.entry, SCHEMA_MAX), one.entry.shown);
        texts.push({ name: one.entry.shown, text, keyspace: keyspace ?? one.keyspace ?? this.store.keyspace });
      }
    }
    return onlyNamed(readSchema(texts, this.named), this.named);
  }

  /** Reads what nobody wanted of zips, for what is wrong with one entry may be wrong with the zip. Throws ImportError BAD_ZIP. */
  private async checkUnread(entries: readonly ImportEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.isChecked) continue;
      this.file = entry.shown;
      this.tell('verifying', 0);
      for await (const _ of entry.content()) {
        checkAborted(this.options.signal);
        await this.slices.pause();
      }
    }
  }

  private async take(head: SSTableHead, table: TableMetadata): Promise<void> {
    const { store, options } = this;
    const { storage, scheduler, sliceMilliseconds } = store;
    const { shown } = head.sstable;
    this.file = shown;
    let record = await takeSSTable(head, table, store.nextGeneration(tableKey(table)), {
      storage,
      createdAt: store.clock.nowInSeconds(),
      copied: (bytes) => {
        checkAborted(options.signal);
        this.tell('copying', bytes);
      },
      pause: () => this.slices.pause(),
    });
    this.records.add(record);
    const mode = options.verify ?? 'extended';
    let done = 0;
    const checked = await checkTaken(record, table, shown, {
      storage,
      scheduler,
      sliceMilliseconds,
      mode,
      checked: (share) => {
        checkAborted(options.signal);
        this.tell('verifying', (share - done) * head.bytes);
        done = share;
      },
    });
    if (mode === 'extended') this.tell('verifying', (1 - done) * head.bytes);
    this.records.delete(record);
    record = { ...record, partitions: checked.partitions };
    this.records.add(record);
    this.warnings.push(...head.warnings, ...checked.warnings);
    const isRewritten = needsRewriting(record, table);
    if (isRewritten) {
      this.tell('rewriting', 0);
      const generation = store.nextGeneration(tableKey(table));
      const next = await rewritten(record, table, generation, { storage, scheduler, sliceMilliseconds, signal: options.signal });
      this.records.delete(record);
      await store.abandon([record]);
      if (next === null) return;
      record = next;
      this.records.add(record);
    }
    this.taken.push({ head, record, partitions: checked.partitions, rows: checked.rows, isRewritten });
  }

  /** A table keeps the id that its files are named by, unless somebody made or dropped it meanwhile. */
  private checkSameTables(first: SchemaPlan, final: SchemaPlan): void {
    for (const { table } of first.tables) {
      if (tableKey(tableOf(final, table.keyspace, table.name)) === tableKey(table)) continue;
      throw new ImportError('IMPORT_TABLE_CHANGED', `Table ${table} was made or dropped while it was imported: import again`, {
        table: String(table),
      });
    }
  }

  private async checkSpace(bytes: number): Promise<void> {
    const { usage, quota } = await this.store.storage.estimate();
    if (usage === undefined || quota === undefined) return;
    const free = Math.max(0, quota - usage);
    if (bytes <= free) return;
    throw new StorageFullError(`The import takes ${bytes} bytes, and ${free} are free: make room on the device`, {
      needed: bytes,
      free,
    });
  }

  private idOf(name: string): Uuid {
    let id = this.ids.get(name);
    if (id === undefined) {
      const bytes = new Uint8Array(16);
      this.store.randomBytes(bytes);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      id = new Uuid(bytes);
      this.ids.set(name, id);
    }
    return id;
  }

  private tell(phase: ImportProgress['phase'], bytes: number): void {
    this.bytesDone += bytes;
    const { bytesTotal, file } = this;
    const bytesDone = Math.round(bytesTotal === 0 ? this.bytesDone : Math.min(this.bytesDone, bytesTotal));
    this.options.onProgress?.({ phase, file, bytesDone, bytesTotal });
  }

  private report(plan: SchemaPlan, ignored: readonly string[], imported: ImportedSchema): ImportReport {
    const now = BigInt(this.store.clock.nowMicros());
    const tables = plan.tables.map(({ table, how, columnsAdded }): ImportedTable => {
      const came = this.taken.filter(({ record }) => record.tableId === tableKey(table));
      const timestamps = came.filter(({ record }) => record.minTimestamp !== NO_MIN && record.maxTimestamp !== NO_MAX);
      const sum = (of: (one: Taken) => number) => came.reduce((total, one) => total + of(one), 0);
      const min = timestamps
        .map(({ record }) => record.minTimestamp)
        .reduce<bigint | null>((a, b) => (a !== null && a < b ? a : b), null);
      const max = timestamps
        .map(({ record }) => record.maxTimestamp)
        .reduce<bigint | null>((a, b) => (a !== null && a > b ? a : b), null);
      if (max !== null && max > now) {
        this.warnings.push(
          `${table} has timestamps of the future, up to ${max} (this clock has ${now}): what is written here before then loses against them`,
        );
      }
      return {
        keyspace: table.keyspace,
        table: table.name,
        schema: how,
        columnsAdded,
        sstables: came.length,
        rewritten: came.filter(({ isRewritten }) => isRewritten).length,
        partitions: sum(({ partitions }) => partitions),
        rows: sum(({ rows }) => rows),
        bytes: sum(({ record }) => record.bytes),
        minTimestamp: min,
        maxTimestamp: max,
      };
    });
    return {
      tables: tables.sort((a, b) => (`${a.keyspace}.${a.table}` < `${b.keyspace}.${b.table}` ? -1 : 1)),
      keyspacesMade: plan.keyspacesMade,
      typesMade: plan.typesMade,
      bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
      ignored: [...ignored, ...imported.ignored],
      warnings: [...imported.warnings, ...plan.warnings, ...this.warnings],
    };
  }
}

/** What statistics say where nothing has a timestamp. */
const NO_MIN = -(2n ** 63n);
const NO_MAX = 2n ** 63n - 1n;

function tableOf(plan: SchemaPlan, keyspace: string, name: string): TableMetadata {
  return plan.tables.find(({ table }) => table.keyspace === keyspace && table.name === name)!.table;
}

/** Of a schema only the table that is imported, under the name that it gets. */
function onlyNamed(imported: ImportedSchema, { table: named }: NamedTable): ImportedSchema {
  const { schema } = imported;
  if (named === undefined) return imported;
  const keyspace = schema.keyspace(named.keyspace);
  if (keyspace === undefined) return imported;
  const chosen = keyspace.table(named.name) ?? (keyspace.tables.size === 1 ? [...keyspace.tables.values()][0] : undefined);
  if (chosen === undefined) {
    if (keyspace.tables.size === 0) return imported;
    const names = [...keyspace.tables.keys()].join(', ');
    const message = `The schema has tables ${names}, and none is called ${named.name}: give the schema of the one that is imported`;
    throw new ImportError('IMPORT_AMBIGUOUS', message, { table: named.name });
  }
  const { name, id, columns, params, droppedColumns, nextColumnId } = chosen;
  const input = { keyspace: named.keyspace, name: named.name, id, columns, params, droppedColumns, nextColumnId };
  const table = name === named.name ? chosen : chosen.with({ ...input });
  return { ...imported, schema: schema.withKeyspace(keyspace.with({ tables: new Map([[named.name, table]]) })) };
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ImportError('IMPORT_DAMAGED', `${file} is no UTF-8 text`, { sstable: file, errors: ['no UTF-8'] }, error);
  }
}

function nameOf(source: unknown): string {
  const name = typeof source === 'object' && source !== null && 'name' in source ? source.name : undefined;
  return typeof name === 'string' && name !== '' ? name : 'the zip';
}

function isStream(value: unknown): value is Exclude<ImportSource, readonly ImportFile[]> & AsyncIterable<Uint8Array> {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value || typeof (value as { getReader?: unknown }).getReader === 'function';
}

function checkedOptions(options: ImportOptions): ImportOptions {
  const invalid = (what: string) => new CassetteError('INVALID_OPTION', `${what} (an option of import)`);
  if (typeof options !== 'object' || options === null) throw invalid('Options are an object');
  checkKnown(options, ['table', 'keyspace', 'schema', 'addMissingColumns', 'verify', 'onProgress', 'signal'], 'import');
  const { table, keyspace, schema, verify } = options;
  if (table !== undefined && (typeof table !== 'string' || !/^\w+\.\w+$/.test(table))) throw invalid("table is 'keyspace.table'");
  if (keyspace !== undefined && (typeof keyspace !== 'string' || !/^\w+$/.test(keyspace))) throw invalid('keyspace is a name');
  if (schema !== undefined && typeof schema !== 'string') throw invalid('schema is CQL');
  if (verify !== undefined && verify !== 'extended' && verify !== 'quick') throw invalid("verify is 'extended' or 'quick'");
  return options;
}

import type { CassetteError } from '@cassette/bytes';
import {
  type ColumnMetadata,
  type CqlType,
  checkKeyspaceName,
  checkTableName,
  checkUserKeyspace,
  KeyspaceMetadata,
  quoteIdentifier,
  type Schema,
  type TableMetadata,
  UserType,
  type Uuid,
  withUpdatedUserType,
} from '@cassette/cql';
import { misfitsOf, type SerializationHeader, typeOf } from '@cassette/sstable';
import { addingColumns } from './adding-columns.ts';
import { HeaderTypes } from './header-types.ts';
import { ImportError } from './import-error.ts';
import { PLAIN_REPLICATION } from './read-schema.ts';
import { collectTypes, rebuiltTable } from './rebuilt-table.ts';

/** The header of an SSTable that is imported. */
export interface ImportedHeader {
  /** Of its Statistics.db, for messages. */
  readonly file: string;
  readonly header: SerializationHeader;
}

/** A table to which SSTables come. */
export interface TableToFill {
  readonly keyspace: string;
  readonly table: string;
  readonly headers: readonly ImportedHeader[];
}

/** What the schema becomes. */
export interface SchemaPlan {
  /** The same object where nothing changes. */
  readonly next: Schema;
  /** Of each table that is imported or made. */
  readonly tables: readonly TablePlan[];
  readonly keyspacesMade: readonly string[];
  readonly typesMade: readonly string[];
  readonly warnings: readonly string[];
}

/** One table of it. */
export interface TablePlan {
  readonly table: TableMetadata;
  readonly how: 'made' | 'rebuilt' | 'matched' | 'altered';
  readonly columnsAdded: readonly string[];
}

/** What a plan is made of. */
export interface SchemaToPlan {
  readonly current: Schema;
  /** What schema.cql says. */
  readonly imported: Schema;
  readonly fill: readonly TableToFill[];
  readonly addMissingColumns: boolean;
  /** The same for the same table, however often it is asked. */
  idOf(name: string): Uuid;
}

/**
 * Brings together the schema that there is, that of what is imported, and the headers of its SSTables: what is not there is made, what is
 * there must match. Throws ImportError SCHEMA_MISMATCH and SchemaMismatchError, both with that code, which name the column.
 */
export function planSchema(input: SchemaToPlan): SchemaPlan {
  return new Planning(input).run();
}

class Planning {
  private readonly input: SchemaToPlan;
  private next: Schema;
  private readonly tables: TablePlan[] = [];
  private readonly keyspacesMade: string[] = [];
  private readonly typesMade: string[] = [];
  private readonly warnings: string[] = [];
  /** By keyspace: of tables that only headers tell of, and of columns that tables lack. */
  private readonly headerTypes = new Map<string, HeaderTypes>();

  constructor(input: SchemaToPlan) {
    this.input = input;
    this.next = input.current;
  }

  run(): SchemaPlan {
    const { imported, fill } = this.input;
    for (const keyspace of imported.keyspaces.values()) {
      this.keyspace(keyspace.name, keyspace);
      for (const type of keyspace.types.values()) this.userType(keyspace.name, type);
      for (const table of keyspace.tables.values()) this.describedTable(table);
    }
    for (const one of fill) this.collectTypes(one);
    for (const one of fill) this.filledTable(one);
    const { next, tables, keyspacesMade, typesMade, warnings } = this;
    return { next, tables, keyspacesMade, typesMade, warnings };
  }

  private keyspace(name: string, described: KeyspaceMetadata | undefined): void {
    if (this.next.keyspace(name) !== undefined) return;
    checkUserKeyspace(name);
    checkKeyspaceName(name);
    const { replication = PLAIN_REPLICATION, durableWrites = true } = described ?? {};
    this.next = this.next.withKeyspace(new KeyspaceMetadata({ name, replication, durableWrites }));
    this.keyspacesMade.push(name);
  }

  /** `inHeaders`: what of it was frozen is not told. */
  private userType(keyspaceName: string, type: UserType, inHeaders = false): void {
    const keyspace = this.next.keyspace(keyspaceName)!;
    const known = keyspace.type(type.name);
    if (known === undefined) {
      this.next = this.next.withKeyspace(keyspace.with({ types: new Map(keyspace.types).set(type.name, type) }));
      this.typesMade.push(`${keyspaceName}.${type.name}`);
      return;
    }
    if (known.equals(type)) return;
    for (const { name, type: wanted } of type.fields) {
      const field = known.fields.find((one) => one.name === name);
      if (field?.type.equals(wanted) || (inHeaders && field?.type.freeze().equals(wanted.freeze()))) continue;
      const here = field === undefined ? 'not there' : field.type.cqlName();
      const alter = `ALTER TYPE ${quoteIdentifier(keyspaceName)}.${quoteIdentifier(type.name)} ADD ${quoteIdentifier(name)} ${wanted.cqlName()}`;
      const advice = field === undefined ? `: execute ${alter} first` : ': import into another keyspace, or give another schema';
      throw mismatch(
        `${keyspaceName}.${type.name}`,
        name,
        `field ${name} of type ${keyspaceName}.${type.name} is ${wanted.cqlName()} in what is imported, and ${here} here${advice}`,
      );
    }
    // Fields that are here alone, behind those that are in both, are null in what is imported.
    if (type.fields.every(({ name }, i) => known.fields[i]?.name === name)) return;
    throw mismatch(
      `${keyspaceName}.${type.name}`,
      type.name,
      `type ${keyspaceName}.${type.name} has its fields in another order here`,
    );
  }

  /** A table that schema.cql makes. */
  private describedTable(described: TableMetadata): void {
    const known = this.next.table(described.keyspace, described.name);
    if (known === undefined) {
      const table = this.withTypesHere(described.with({ id: this.input.idOf(String(described)) }));
      this.next = this.next.withTable(table);
      this.tables.push({ table, how: 'made', columnsAdded: [] });
      return;
    }
    this.checkKey(known, described);
    const missing: ColumnMetadata[] = [];
    for (const column of [...described.staticColumns, ...described.regularColumns]) {
      const here = known.column(column.name);
      if (here !== undefined && here.kind === column.kind && here.type.equals(column.type)) continue;
      if (here !== undefined) throw columnMismatch(known, column, here);
      if (!known.droppedColumns.has(column.name)) missing.push(column);
    }
    const table = this.withColumns(known, missing);
    this.tables.push({ table, how: table === known ? 'matched' : 'altered', columnsAdded: missing.map(({ name }) => name) });
  }

  /** A table whose SSTables are imported: what their headers say has to fit. */
  private filledTable({ keyspace, table: name, headers }: TableToFill): void {
    const at = this.tables.findIndex(({ table }) => table.keyspace === keyspace && table.name === name);
    let plan = at < 0 ? null : this.tables[at];
    if (plan === null) {
      const known = this.next.table(keyspace, name);
      plan = known === undefined ? this.rebuilt(keyspace, name, headers) : { table: known, how: 'matched', columnsAdded: [] };
      this.tables.push(plan);
    }
    for (const { header } of headers) {
      for (const { name: column } of othersOf(header)) {
        if (plan.table.droppedColumns.has(column)) this.dropped(plan.table, column);
      }
    }
    const missing = this.missingColumns(plan.table, headers);
    const table = this.withColumns(plan.table, missing);
    if (table !== plan.table) {
      const columnsAdded = [...plan.columnsAdded, ...missing.map((column) => column.name)];
      const changed: TablePlan = { table, how: plan.how === 'matched' ? 'altered' : plan.how, columnsAdded };
      this.tables[this.tables.indexOf(plan)] = changed;
    }
    for (const { header, file } of headers) {
      const [misfit] = misfitsOf(header, table, file);
      if (misfit !== undefined) throw misfit;
    }
  }

  /** Columns that headers have and a table has not, with their user types made if they may be. */
  private missingColumns(table: TableMetadata, headers: readonly ImportedHeader[]): ColumnMetadata[] {
    const missing = new Map<string, ColumnMetadata>();
    for (const { header, file } of headers) {
      for (const { name, kind, type } of othersOf(header)) {
        if (!isMissing(table, name)) continue;
        missing.set(name, { name, kind, type: typeOf(type, file), position: 0, descending: false, id: 0 });
      }
    }
    const types = this.headerTypes.get(table.keyspace);
    if (missing.size > 0 && this.input.addMissingColumns) {
      // What is here may have other names for its fields; whether it reads what there is, is asked of the table.
      this.typesOfHeaders(table.keyspace, (type) => this.next.keyspace(table.keyspace)?.type(type.name) === undefined);
    }
    return [...missing.values()].map((column) => ({
      ...column,
      type: this.asHere(table.keyspace, types?.at(column.type) ?? column.type),
    }));
  }

  /** Tells of a column that SSTables have and that was dropped from the table that is here. */
  private dropped(table: TableMetadata, name: string): void {
    const known = this.input.current.table(table.keyspace, table.name)?.droppedColumns.get(name);
    if (known === undefined) return;
    const isBack = table.column(name) !== undefined;
    const which = isBack ? `with write times up to ${known.droppedTime}, when it was dropped here, ` : '';
    const text = `${table}: values of column ${name} ${which}are not seen: ${isBack ? 'it was added again since' : 'it was dropped here'}`;
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }

  private rebuilt(keyspace: string, name: string, headers: readonly ImportedHeader[]): TablePlan {
    this.keyspace(keyspace, undefined);
    checkTableName(keyspace, name);
    const types = this.typesOfHeaders(keyspace);
    const table = this.withTypesHere(rebuiltTable(keyspace, name, this.input.idOf(`${keyspace}.${name}`), headers, types));
    this.next = this.next.withTable(table);
    const keys = [...table.partitionKey, ...table.clustering].map((column) => column.name).join(', ');
    this.warnings.push(
      `${table} has no schema: it was rebuilt from the headers of its SSTables, which do not know the names of key columns; they are called ${keys}`,
    );
    return { table, how: 'rebuilt', columnsAdded: [] };
  }

  /** User types that headers tell of are made where they are not there, and have to fit where they are; those only that are `wanted`. */
  private typesOfHeaders(keyspace: string, wanted: (type: UserType) => boolean = () => true): HeaderTypes {
    const types = this.headerTypes.get(keyspace)!;
    for (const type of types.types.filter(wanted)) {
      const fields = type.fields.map((field) => ({ name: field.name, type: this.asHere(keyspace, field.type) }));
      this.userType(keyspace, new UserType(keyspace, type.name, fields, false), true);
    }
    return types;
  }

  /** A type with its user types as they are here: they may have more fields. */
  private asHere(keyspace: string, type: CqlType): CqlType {
    return [...(this.next.keyspace(keyspace)?.types.values() ?? [])].reduce(withUpdatedUserType, type);
  }

  private withTypesHere(table: TableMetadata): TableMetadata {
    return table.with({
      columns: table.columns.map((column) => ({ ...column, type: this.asHere(table.keyspace, column.type) })),
    });
  }

  /** Of tables that are there only types of columns that they lack: the others are as they are here. */
  private collectTypes({ keyspace, table, headers }: TableToFill): void {
    const known = this.next.table(keyspace, table);
    const types = this.headerTypes.get(keyspace) ?? new HeaderTypes(keyspace);
    this.headerTypes.set(keyspace, types);
    const isHere = (type: string) => this.next.keyspace(keyspace)?.type(type) !== undefined;
    const chosen = known === undefined ? {} : { wanted: (name: string) => isMissing(known, name), isHere };
    collectTypes(`${keyspace}.${table}`, headers, types, chosen);
  }

  private checkKey(known: TableMetadata, described: TableMetadata): void {
    for (const kind of ['partitionKey', 'clustering'] as const) {
      const what = kind === 'partitionKey' ? 'partition key' : 'clustering';
      known[kind].forEach((here, i) => {
        const column = described[kind][i];
        if (column === undefined) {
          throw mismatch(String(known), here.name, `the ${what} of ${known} ends before column ${here.name} in what is imported`);
        }
        const same = column.name === here.name && column.type.equals(here.type) && column.descending === here.descending;
        if (!same) throw columnMismatch(known, column, here);
      });
      const more = described[kind][known[kind].length];
      if (more !== undefined) {
        throw mismatch(String(known), more.name, `the ${what} of ${known} has column ${more.name} too in what is imported`);
      }
    }
  }

  /** The table with more columns, which is what it is from now on. */
  private withColumns(table: TableMetadata, missing: readonly ColumnMetadata[]): TableMetadata {
    if (missing.length === 0) return table;
    if (!this.input.addMissingColumns) {
      const [{ name, kind, type }] = missing;
      const statements = addingColumns(
        table,
        missing,
        ({ keyspace, name: of }) => this.input.current.keyspace(keyspace)?.type(of) !== undefined,
      );
      throw mismatch(
        String(table),
        name,
        `column ${name}, ${kind} and of type ${type.cqlName()} in what is imported, is not in table ${table}: execute ${statements} first, or import with addMissingColumns`,
      );
    }
    let { nextColumnId } = table;
    const added = missing.map((column) => ({ ...column, id: nextColumnId++ }));
    const altered = table.with({ columns: [...table.columns, ...added], nextColumnId });
    if (altered.isCounter !== table.isCounter || (altered.staticColumns.length > 0 && altered.clustering.length === 0)) {
      throw mismatch(
        String(table),
        missing[0].name,
        `column ${missing[0].name} can't be in table ${table}: its rows are of another kind`,
      );
    }
    this.next = this.next.withTable(altered);
    return altered;
  }
}

function othersOf({ staticColumns, regularColumns }: SerializationHeader) {
  return [
    ...staticColumns.map(({ name, type }) => ({ name, type, kind: 'static' as const })),
    ...regularColumns.map(({ name, type }) => ({ name, type, kind: 'regular' as const })),
  ];
}

/** Whether a table has not, and never had, a column. */
function isMissing(table: TableMetadata, column: string): boolean {
  return table.column(column) === undefined && !table.droppedColumns.has(column);
}

function mismatch(table: string, column: string, message: string): CassetteError {
  return new ImportError('SCHEMA_MISMATCH', message, { table, column });
}

function columnMismatch(table: TableMetadata, imported: ColumnMetadata, here: ColumnMetadata): CassetteError {
  const text = ({ name, kind, type, descending }: ColumnMetadata) =>
    `${name} (${kind.replace('_', ' ')}, ${type.cqlName()}${descending ? ', descending' : ''})`;
  return mismatch(
    String(table),
    imported.name,
    `column ${text(imported)} of what is imported is ${text(here)} in table ${table}: import into another table, or give the schema that the SSTables were written with`,
  );
}

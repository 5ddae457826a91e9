import { CassetteError, CorruptionError } from '@cassette/bytes';
import { type ColumnMetadata, CompositeType, type CqlType, parseMarshalType, type TableMetadata } from '@cassette/cql';
import { type HeaderColumn, type SerializationHeader, withoutReversed } from '../header/index.ts';
import { canRead, canReadInOrder } from './readable-type.ts';

/** A table that an SSTable was not written for. Code SCHEMA_MISMATCH. */
export class SchemaMismatchError extends CassetteError {
  /**
   * `column` is what does not fit, `stored` what the header says of it and `wanted` what the table says, both null for nothing; `advice`
   * is what to do.
   */
  constructor(
    file: string,
    table: TableMetadata,
    column: string,
    stored: string | null,
    wanted: string | null,
    advice = 'give the schema that the SSTable was written with',
  ) {
    super(
      'SCHEMA_MISMATCH',
      `${column} is ${stored ?? 'not there'} in the header of ${file}, and ${wanted ?? 'not there'} in table ${table}: ${advice}`,
      { file, table: String(table), column, stored, wanted },
    );
  }
}

/**
 * All that does not fit between the header of an SSTable and a table: key, clusterings and their order, columns of other types or kinds
 * than the table's, and columns that it neither has nor had. Columns that the header lacks are new ones. `file` is Statistics.db's
 * name. Throws CorruptionError where a type of the header is none. Cassandra: SerializationHeader.Component#toHeader, which knows columns
 * alone.
 */
export function misfitsOf(header: SerializationHeader, table: TableMetadata, file: string): SchemaMismatchError[] {
  const found: SchemaMismatchError[] = [];
  const { partitionKey, clustering } = table;
  const keyType = typeOf(header.keyType, file);
  const stored = partsOf([keyType]);
  const wanted = partsOf(partitionKey.map(({ type }) => type));
  if (stored.length !== wanted.length || wanted.some((type, i) => !canReadInOrder(type, stored[i]))) {
    found.push(new SchemaMismatchError(file, table, 'the partition key', listOf(stored), listOf(wanted)));
  }
  const clusterings = header.clusteringTypes.map((name) => {
    const { type, descending } = withoutReversed(name);
    return { type: typeOf(type, file), descending };
  });
  if (clusterings.length !== clustering.length) {
    found.push(
      new SchemaMismatchError(
        file,
        table,
        'the list of clustering columns',
        `(${clusterings.map(clusteringText).join(', ')})`,
        `(${clustering.map(clusteringText).join(', ')})`,
      ),
    );
  } else {
    clustering.forEach((column, i) => {
      if (column.descending === clusterings[i].descending && canReadInOrder(column.type, clusterings[i].type)) return;
      const name = `clustering column ${column.name}`;
      found.push(new SchemaMismatchError(file, table, name, clusteringText(clusterings[i]), clusteringText(column)));
    });
  }
  for (const kind of ['static', 'regular'] as const) {
    for (const column of kind === 'static' ? header.staticColumns : header.regularColumns) {
      const misfit = misfitOf(column, kind, table, file);
      if (misfit !== null) found.push(misfit);
    }
  }
  return found;
}

/** The type of that marshal name in a header. Throws CorruptionError. */
export function typeOf(name: string, file: string): CqlType {
  try {
    return parseMarshalType(name);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    throw new CorruptionError(`the header has a type that can't be read: ${error.message}`, file, 0, { type: name }, error);
  }
}

function misfitOf(
  { name, type }: HeaderColumn,
  kind: 'static' | 'regular',
  table: TableMetadata,
  file: string,
): SchemaMismatchError | null {
  const wanted = table.column(name);
  // Cells of before it was dropped, of a type that the table may not have any more.
  if (table.droppedColumns.has(name)) return null;
  const stored = typeOf(type, file);
  const text = `${kind} and of type ${stored.cqlName()}`;
  if (wanted === undefined) {
    const advice = `add it to the schema (ALTER TABLE ${table} ADD), and drop it there if it was dropped`;
    return new SchemaMismatchError(file, table, `column ${name}`, text, null, advice);
  }
  if (wanted.kind === kind && canRead(wanted.type, stored)) return null;
  return new SchemaMismatchError(file, table, `column ${name}`, text, columnText(wanted));
}

function columnText({ kind, type }: ColumnMetadata): string {
  return `${kind.replace('_', ' ')} and of type ${type.cqlName()}`;
}

function clusteringText({ type, descending }: { readonly type: CqlType; readonly descending: boolean }): string {
  return `${type.cqlName()} ${descending ? 'DESC' : 'ASC'}`;
}

function partsOf(types: readonly CqlType[]): readonly CqlType[] {
  return types.length === 1 && types[0] instanceof CompositeType ? types[0].components : types;
}

function listOf(types: readonly CqlType[]): string {
  return `(${types.map((type) => type.cqlName()).join(', ')})`;
}

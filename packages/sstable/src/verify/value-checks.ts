import { CassetteError, CorruptionError } from '@cassette/bytes';
import { CollectionType, type ColumnMetadata, CounterType, type CqlType, type TableMetadata, UserType } from '@cassette/cql';
import { decodeClustering } from '../clustering/clustering-values.ts';
import { INVALID_DELETION_TIME } from '../data/deletion-time-codec.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { CellFlag, type Row } from '../rows/row.ts';

/**
 * Whether what rows hold is valid for the types of their columns, and in order. Everything throws CassetteError, with a message that
 * names the column: CorruptionError for what is no order, InvalidRequestError of the type's own for values.
 */
export class ValueChecks {
  /** Whether a counter was seen that has local or remote shards. */
  hasLegacyCounterShards = false;
  private readonly table: TableMetadata;
  private readonly file: string;

  /** Of rows as `table` has them; `file` is for messages. */
  constructor(table: TableMetadata, file: string) {
    this.table = table;
    this.file = file;
  }

  /** The values of a clustering or bound. */
  clustering(size: number, bytes: Uint8Array, from: number, to: number, position: number): void {
    const { clustering } = this.table;
    decodeClustering(clustering, size, bytes, from, to).forEach((value, i) => {
      if (value !== null) this.value(clustering[i].type, clustering[i].name, value, 0, value.length, position);
    });
  }

  /** A deletion that is one: with a time that can be. */
  deletion(deletion: DeletionTime, what: string, position: number): void {
    if (deletion.isLive || deletion.localDeletionTime < INVALID_DELETION_TIME) return;
    throw new CorruptionError(`${what} has the impossible time ${deletion.localDeletionTime}`, this.file, position);
  }

  /** Times, order and values of a row's cells, static or regular. */
  row(row: Row, position: number): void {
    const columns = row.isStatic ? this.table.staticColumns : this.table.regularColumns;
    if (row.hasLiveness && row.livenessTtl > 0 && row.livenessLocalExpirationTime >= INVALID_DELETION_TIME) {
      throw new CorruptionError('a row expires at an impossible time', this.file, position);
    }
    this.deletion(row.deletion, 'a row deletion', position);
    for (let i = 0; i < row.cellCount; i++) this.cell(row, i, columns[row.cellColumn[i]], position);
  }

  private cell(row: Row, i: number, column: ColumnMetadata, position: number): void {
    const flags = row.cellFlags[i];
    if (flags !== 0 && row.cellLocalDeletionTime[i] >= INVALID_DELETION_TIME) {
      throw new CorruptionError(
        `column ${column.name} has a cell of an impossible deletion or expiration time`,
        this.file,
        position,
      );
    }
    if ((flags & CellFlag.COMPLEX_DELETION) !== 0) return;
    const { type } = column;
    const hasValue = row.cellValueTo[i] > row.cellValueFrom[i];
    if ((flags & CellFlag.DELETED) !== 0 && hasValue) {
      throw new CorruptionError(`column ${column.name} has a tombstone with a value`, this.file, position);
    }
    let valueType = type;
    if (type.isMultiCell) {
      this.path(row, i, column, position);
      valueType = this.valueTypeOf(row, i, type);
    }
    if ((flags & CellFlag.DELETED) !== 0) return;
    const bytes = row.cellValueBytes[i];
    const from = row.cellValueFrom[i];
    const to = row.cellValueTo[i];
    this.value(valueType, column.name, bytes, from, to, position);
    if (valueType instanceof CounterType && hasLegacyShards(bytes, from, to)) this.hasLegacyCounterShards = true;
  }

  // Paths ascend within a column, each once.
  private path(row: Row, i: number, { name, type }: ColumnMetadata, position: number): void {
    const bytes = row.cellPathBytes[i];
    const from = row.cellPathFrom[i];
    const to = row.cellPathTo[i];
    if (type instanceof CollectionType) this.value(type.nameType, name, bytes, from, to, position);
    else if (to - from !== 2) throw new CorruptionError(`a field of ${name} is named by ${to - from} bytes`, this.file, position);
    if (i === 0 || row.cellColumn[i - 1] !== row.cellColumn[i] || (row.cellFlags[i - 1] & CellFlag.COMPLEX_DELETION) !== 0)
      return;
    const a = row.cellPathBytes[i - 1];
    const order =
      type instanceof CollectionType
        ? type.nameType.compare(a, row.cellPathFrom[i - 1], row.cellPathTo[i - 1], bytes, from, to)
        : fieldOf(row, i - 1) - fieldOf(row, i);
    if (order >= 0) throw new CorruptionError(`the cells of ${name} are not in the order of their paths`, this.file, position);
  }

  private valueTypeOf(row: Row, i: number, type: CqlType): CqlType {
    if (type instanceof CollectionType) return type.valueType;
    if (!(type instanceof UserType)) return type;
    const field = type.fields[fieldOf(row, i)];
    if (field === undefined) throw new CorruptionError(`type ${type.name} has no field ${fieldOf(row, i)}`, this.file, 0);
    return field.type;
  }

  /** A value of a type. */
  value(type: CqlType, what: string, bytes: Uint8Array, from: number, to: number, position: number): void {
    try {
      type.validate(bytes, from, to);
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      throw new CorruptionError(`${what} has no value of type ${type}: ${error.message}`, this.file, position, {}, error);
    }
  }
}

/**
 * Whether a counter context has other shards than global ones: i16 count, i16 for each local or global one (negative: global), then 32
 * bytes a shard. Cassandra: CounterContext#hasLegacyShards.
 */
function hasLegacyShards(bytes: Uint8Array, from: number, to: number): boolean {
  const int16 = (at: number): number => ((bytes[at] << 24) >> 16) | bytes[at + 1];
  if (to - from < 2) return false;
  const count = Math.abs(int16(from));
  const shardsFrom = from + 2 + 2 * count;
  if (count < Math.floor((to - shardsFrom) / 32)) return true;
  for (let at = from + 2; at < shardsFrom && at + 2 <= to; at += 2) if (int16(at) >= 0) return true;
  return false;
}

function fieldOf(row: Row, i: number): number {
  const bytes = row.cellPathBytes[i];
  return (bytes[row.cellPathFrom[i]] << 8) | bytes[row.cellPathFrom[i] + 1];
}

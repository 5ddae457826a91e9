import { CollectionType, CounterType, type CqlType, UserType } from '@cassette/cql';
import { decodeColumnSubset } from '../data/column-subset.ts';
import { ExtendedFlag, StoredCellFlag, UnfilteredFlag } from '../data/flags.ts';
import type { SerializationHeader } from '../header/index.ts';
import { isBoundary } from '../rows/range-tombstone-marker.ts';
import { boundParts, valueParts } from './clustering-parts.ts';
import { counterParts } from './counter-parts.ts';
import { deletionText } from './deletion-parts.ts';
import type { Words } from './part.ts';
import { HeldParts } from './part-lists.ts';
import type { PartReader } from './part-reader.ts';
import { flagNames, kindName, literal, secondsText, timestampText } from './value-text.ts';

/** A column as the header of Statistics.db lists it. */
export interface HeaderColumnType {
  readonly name: string;
  readonly type: CqlType;
}

/** What must be known to tell the bytes of rows apart. */
export interface RowShape {
  readonly clusteringTypes: readonly CqlType[];
  readonly statics: readonly HeaderColumnType[];
  readonly regulars: readonly HeaderColumnType[];
  readonly stats: SerializationHeader['stats'];
}

const FLAGS: Words = [
  'flags',
  'flags',
  'What follows and what does not: a row or a marker, whether it has a timestamp, a TTL, a deletion, all columns, an extended byte.',
];
const EXTENDED: Words = ['flags', 'extended flags', 'Only of static rows, and of deletions that materialized views wrote once.'];
const SIZE: Words = ['length', 'size', 'Bytes from here to the end of the row, so that a reader can go past it.'];
const PREVIOUS: Words = [
  'length',
  'previous unfiltered size',
  'Bytes of the row or marker before this one. Cassandra writes it for readers that go backwards.',
];
const LIVENESS: Words = [
  'group',
  'primary key liveness',
  'INSERT was here: the row exists even where all its columns are null. A row of UPDATEs alone has none.',
];
const ROW_DELETION: Words = [
  'group',
  'row deletion',
  'The row was deleted: what it had before is gone, later writes count again.',
];
const COLUMNS: Words = [
  'flags',
  'columns subset',
  'Which columns of the header the row has: a bit set for each that is missing, of 64 and more a list.',
];
const COMPLEX_DELETION: Words = [
  'group',
  'complex deletion',
  'The whole collection was replaced or deleted at this time; elements with a later timestamp live.',
];
const CELL_COUNT: Words = ['length', 'cell count'];
const CELL: Words = [
  'group',
  'cell',
  'An element of the collection, or a field of the user type: each is written and deleted by itself.',
];
const CELL_FLAGS: Words = [
  'flags',
  'flags',
  'Whether the cell is a tombstone, expires, has an empty value, and whether it takes timestamp or TTL from the row.',
];
const PATH: Words = [
  'group',
  'path',
  'Which element: the key of a map, the element of a set, a time UUID in a list, the number of a field.',
];
const VALUE: Words = ['group', 'value'];
const LENGTH: Words = ['length', 'length', 'Bytes that follow. Values of types with a fixed length have none of these.'];
const PATH_BYTES: Words = ['key', 'path'];
const VALUE_BYTES: Words = ['value', 'value'];
const COUNTER: Words = ['value', 'counter context', 'What each node has counted: the sum is the counter’s value.'];
const TIMESTAMP: Words = [
  'time',
  'timestamp',
  'Microseconds; of two writes the one with the greater timestamp counts. Stored as a vint, less the smallest timestamp of the SSTable.',
];
const MARKED: Words = [
  'time',
  'marked for delete at',
  'Microseconds: everything with this timestamp or an earlier one is deleted. Stored less the smallest timestamp of the SSTable.',
];
const LOCAL: Words = [
  'time',
  'local deletion time',
  'Seconds: when it was deleted or expires, by the clock of the node. Stored less the smallest one of the SSTable.',
];
const TTL: Words = ['time', 'ttl', 'Seconds to live. Stored less the smallest one of the SSTable.'];
const CLOSING: Words = ['group', 'closing deletion', 'The range deletion that ends here.'];
const OPENING: Words = ['group', 'opening deletion', 'The range deletion that begins here.'];
const DELETION: Words = ['group', 'deletion', 'The range deletion that begins or ends here.'];

/** Rows, static rows and range tombstone markers of one SSTable, taken apart. Cassandra: db.rows.UnfilteredSerializer. */
export class RowParts {
  private readonly shape: RowShape;

  constructor(shape: RowShape) {
    this.shape = shape;
  }

  /** The row or marker that begins here, up to the reader's end. */
  unfiltered(reader: PartReader): void {
    if ((reader.peek() & UnfilteredFlag.IS_MARKER) !== 0) this.marker(reader);
    else this.row(reader);
  }

  /** Only the clustering of the row or marker, as text. */
  nameOf(reader: PartReader): string {
    if ((reader.u8(FLAGS) & UnfilteredFlag.IS_MARKER) === 0)
      return valueParts(reader, this.shape.clusteringTypes, this.shape.clusteringTypes.length);
    const { kind, size } = boundParts(reader, this.shape.clusteringTypes);
    return `${kindName(kind)} ${valueParts(reader, this.shape.clusteringTypes, size)}`;
  }

  /** A row. It ends where its size says, which need not be the reader's end. Returns which columns it has, as text. */
  row(reader: PartReader): string {
    const { clusteringTypes, statics, regulars } = this.shape;
    const flags = reader.u8(FLAGS, unfilteredFlags);
    const extended = (flags & UnfilteredFlag.EXTENSION) === 0 ? 0 : reader.u8(EXTENDED, extendedFlags);
    const isStatic = (extended & ExtendedFlag.IS_STATIC) !== 0;
    if (!isStatic) valueParts(reader, clusteringTypes, clusteringTypes.length);
    const size = reader.length(SIZE);
    const end = reader.position + size;
    const columns = isStatic ? statics : regulars;
    reader.vint(PREVIOUS);
    let hasTimestamp = false;
    if ((flags & UnfilteredFlag.HAS_TIMESTAMP) !== 0) {
      hasTimestamp = true;
      reader.group(LIVENESS, () => {
        const text = timestampText(this.timestamp(reader, TIMESTAMP));
        if ((flags & UnfilteredFlag.HAS_TTL) === 0) return text;
        const ttl = this.ttl(reader);
        return `${text}, TTL ${ttl}, expires at ${secondsText(this.localTime(reader))}`;
      });
    }
    if ((flags & UnfilteredFlag.HAS_DELETION) !== 0) this.deletion(reader, ROW_DELETION);
    const present = Int32Array.from(columns, (_, i) => i);
    let count = columns.length;
    if ((flags & UnfilteredFlag.HAS_ALL_COLUMNS) === 0) {
      count = reader.field(
        COLUMNS,
        9 * (columns.length + 1),
        (input) => decodeColumnSubset(input, present, columns.length),
        (n) => (n === 0 ? 'none' : Array.from(present.subarray(0, n), (i) => columns[i].name).join(', ')),
      );
    }
    const hasComplexDeletion = (flags & UnfilteredFlag.HAS_COMPLEX_DELETION) !== 0;
    for (let i = 0; i < count; i++) {
      const { name, type } = columns[present[i]];
      if (type.isMultiCell)
        reader.group(columnWords(name), () => this.complexColumn(reader, type, hasComplexDeletion, hasTimestamp));
      else reader.group(columnWords(name), () => this.cell(reader, type, null, hasTimestamp));
    }
    mustEndAt(reader, end);
    return Array.from(present.subarray(0, count), (i) => columns[i].name).join(', ');
  }

  private marker(reader: PartReader): void {
    reader.u8(FLAGS, unfilteredFlags);
    const { kind, size } = boundParts(reader, this.shape.clusteringTypes);
    valueParts(reader, this.shape.clusteringTypes, size);
    const length = reader.length(SIZE);
    const end = reader.position + length;
    reader.vint(PREVIOUS);
    if (isBoundary(kind)) this.deletion(reader, CLOSING);
    this.deletion(reader, isBoundary(kind) ? OPENING : DELETION);
    mustEndAt(reader, end);
  }

  private complexColumn(reader: PartReader, type: CqlType, hasDeletion: boolean, hasTimestamp: boolean): string {
    if (hasDeletion) this.deletion(reader, COMPLEX_DELETION);
    const cells = reader.length(CELL_COUNT);
    for (let i = 0; i < cells; i++) reader.group(CELL, () => this.cell(reader, type, type, hasTimestamp));
    return `${cells} ${cells === 1 ? 'cell' : 'cells'}`;
  }

  private cell(reader: PartReader, type: CqlType, complex: CqlType | null, hasTimestamp: boolean): string {
    const at = reader.position;
    const flags = reader.u8(CELL_FLAGS, cellFlags);
    if ((flags & StoredCellFlag.USE_ROW_TIMESTAMP) === 0) this.timestamp(reader, TIMESTAMP);
    else if (!hasTimestamp) throw reader.corrupt('a cell takes its timestamp from a row that has none', at);
    if ((flags & StoredCellFlag.USE_ROW_TTL) === 0) {
      if ((flags & (StoredCellFlag.IS_DELETED | StoredCellFlag.IS_EXPIRING)) !== 0) this.localTime(reader);
      if ((flags & StoredCellFlag.IS_EXPIRING) !== 0) this.ttl(reader);
    }
    let valueType = type;
    let name = '';
    if (complex !== null) {
      reader.group(PATH, () => {
        const length = reader.length(LENGTH);
        const path = reader.bytes(PATH_BYTES, length, (bytes, count) => pathText(complex, bytes, count));
        name = pathText(complex, path, length);
        if (complex instanceof CollectionType) valueType = complex.valueType;
        else if (complex instanceof UserType) valueType = complex.fields[(path[0] << 8) | path[1]]?.type ?? type;
        return name;
      });
    }
    const text = (flags & StoredCellFlag.IS_DELETED) !== 0 ? 'tombstone' : this.value(reader, type, valueType, complex, flags);
    // Nothing keeps a tombstone from having a value.
    if ((flags & StoredCellFlag.IS_DELETED) !== 0) this.value(reader, type, valueType, complex, flags);
    if (complex === null) return text;
    return complex instanceof CollectionType && complex.kind === 'set' && text === EMPTY ? name : `${name}: ${text}`;
  }

  private value(reader: PartReader, type: CqlType, valueType: CqlType, complex: CqlType | null, flags: number): string {
    let text = EMPTY;
    if ((flags & StoredCellFlag.HAS_EMPTY_VALUE) !== 0) return text;
    reader.group(VALUE, () => {
      const fixed = complex === null ? type.fixedLength : -1;
      const length = fixed >= 0 ? fixed : reader.length(LENGTH);
      if (valueType instanceof CounterType) {
        text = `${length} bytes`;
        reader.later(COUNTER, length, text, (from, to) => new HeldParts(counterParts(reader.window, from, to)));
        return text;
      }
      reader.bytes(VALUE_BYTES, length, (bytes, count) => {
        text = literal(valueType, bytes, count);
        return text;
      });
      return text;
    });
    return text;
  }

  private timestamp(reader: PartReader, words: Words): bigint {
    const absolute = (delta: bigint) => BigInt.asIntN(64, delta + this.shape.stats.minTimestamp);
    return absolute(reader.vint64(words, (delta) => timestampText(absolute(delta))));
  }

  private ttl(reader: PartReader): number {
    const absolute = (delta: number) => (delta + this.shape.stats.minTtl) | 0;
    return absolute(reader.vint32(TTL, (delta) => String(absolute(delta))));
  }

  private localTime(reader: PartReader): number {
    const absolute = (delta: number) => (delta + this.shape.stats.minLocalDeletionTime) >>> 0;
    return absolute(reader.vint32(LOCAL, (delta) => secondsText(absolute(delta))));
  }

  private deletion(reader: PartReader, words: Words): void {
    reader.group(words, () => {
      const micros = this.timestamp(reader, MARKED);
      return deletionText(micros, this.localTime(reader));
    });
  }
}

const EMPTY = 'empty';

function columnWords(name: string): Words {
  return ['group', `column ${name}`];
}

function mustEndAt(reader: PartReader, end: number): void {
  if (reader.position !== end) throw reader.corrupt(`what is here should end at ${end}`);
}

function pathText(type: CqlType, bytes: Uint8Array, count: number): string {
  if (type instanceof CollectionType) return literal(type.nameType, bytes, count);
  const position = (bytes[0] << 8) | bytes[1];
  return type instanceof UserType ? (type.fields[position]?.name ?? String(position)) : String(position);
}

const unfilteredFlags = (flags: number): string => flagNames(UnfilteredFlag, flags);
const extendedFlags = (flags: number): string => flagNames(ExtendedFlag, flags);
const cellFlags = (flags: number): string => flagNames(StoredCellFlag, flags);

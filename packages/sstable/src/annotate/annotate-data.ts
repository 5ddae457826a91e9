import { CollectionType, type CqlType, parseMarshalType, UserType } from '@cassette/cql';
import { ByteWindow } from '../data/byte-window.ts';
import { decodeColumnSubset } from '../data/column-subset.ts';
import { ExtendedFlag, StoredCellFlag, UnfilteredFlag } from '../data/flags.ts';
import { type SerializationHeader, withoutReversed } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { isBoundary } from '../rows/range-tombstone-marker.ts';
import type { Version } from '../version/index.ts';
import { annotateDeletion } from './annotate-index.ts';
import { type Annotation, FieldReader } from './annotation.ts';
import { annotateValues, kindName, literal } from './clustering-fields.ts';

interface Column {
  readonly name: string;
  readonly type: CqlType;
}

/**
 * The uncompressed Data.db, piece by piece: the head of a partition (key, deletion, static row), each row, each marker, the byte that
 * ends it. `from` is where a partition begins, as the index tells. Memory: the largest piece. Throws CorruptionError.
 */
export function* annotateData(
  data: ByteSource,
  header: SerializationHeader,
  version: Version,
  from = 0,
  to = data.size,
): Generator<Annotation> {
  const annotator = new DataAnnotator(data, header, version);
  for (let position = from; position < to; ) {
    let piece = annotator.partitionHead(position);
    position += piece.length;
    yield piece;
    for (let isEnd = false; !isEnd; ) {
      piece = annotator.unfiltered(position);
      isEnd = piece.name === END;
      position += piece.length;
      yield piece;
    }
  }
}

const END = 'end of partition';

class DataAnnotator {
  private readonly window: ByteWindow;
  private readonly fields: FieldReader;
  private readonly version: Version;
  private readonly keyType: CqlType;
  private readonly clusteringTypes: readonly CqlType[];
  private readonly statics: readonly Column[];
  private readonly regulars: readonly Column[];
  private readonly minTimestamp: bigint;
  private readonly minLocalDeletionTime: number;
  private readonly minTtl: number;

  constructor(data: ByteSource, header: SerializationHeader, version: Version) {
    this.window = new ByteWindow(data);
    this.fields = new FieldReader(this.window.input);
    this.version = version;
    this.keyType = parseMarshalType(header.keyType);
    this.clusteringTypes = header.clusteringTypes.map((type) => parseMarshalType(withoutReversed(type).type));
    const column = ({ name, type }: { name: string; type: string }): Column => ({ name, type: parseMarshalType(type) });
    this.statics = header.staticColumns.map(column);
    this.regulars = header.regularColumns.map(column);
    ({ minTimestamp: this.minTimestamp, minLocalDeletionTime: this.minLocalDeletionTime, minTtl: this.minTtl } = header.stats);
  }

  partitionHead(position: number): Annotation {
    const { fields, window } = this;
    const length = window.at(position, 2).u16('partition key length');
    // A static row is looked at again when it is known how long it is.
    const head = 2 + length + 12 + 24;
    window.at(position, head);
    fields.group('partition', () => {
      fields.group('key', () => fields.bytes('value', fields.u16('length'), (bytes) => literal(this.keyType, bytes)));
      annotateDeletion(fields, 'deletion', this.version);
      if (this.statics.length === 0) return;
      const from = fields.input.filePosition;
      fields.group('static row', () => this.row(from));
    });
    return fields.take()[0];
  }

  unfiltered(position: number): Annotation {
    const { fields, window } = this;
    const input = window.at(position, 65536);
    const flags = input.u8('flags');
    input.position--;
    if ((flags & UnfilteredFlag.END_OF_PARTITION) !== 0) fields.u8(END, () => null);
    else if ((flags & UnfilteredFlag.IS_MARKER) !== 0) fields.group('range tombstone marker', () => this.marker(position));
    else fields.group('row', () => this.row(position));
    return fields.take()[0];
  }

  // `from` is where the row begins. Groups count file positions, so the window may move below them as long as it goes on there.
  private row(from: number): void {
    const { fields } = this;
    const flags = fields.u8('flags', flagNames);
    const extended = (flags & UnfilteredFlag.EXTENSION) === 0 ? 0 : fields.u8('extended flags');
    const isStatic = (extended & ExtendedFlag.IS_STATIC) !== 0;
    if (!isStatic) this.names(this.clusteringTypes.length, from);
    this.body(from);
    const end = fields.input.position + this.size;
    const columns = isStatic ? this.statics : this.regulars;
    fields.vint('previous unfiltered size');
    let hasTimestamp = false;
    if ((flags & UnfilteredFlag.HAS_TIMESTAMP) !== 0) {
      hasTimestamp = true;
      fields.group('liveness', () => {
        this.timestamp('timestamp');
        if ((flags & UnfilteredFlag.HAS_TTL) === 0) return;
        this.ttl();
        this.localDeletionTime('local expiration time');
      });
    }
    if ((flags & UnfilteredFlag.HAS_DELETION) !== 0) this.deletion('row deletion');
    const present = new Int32Array(columns.length).map((_, i) => i);
    let count = columns.length;
    if ((flags & UnfilteredFlag.HAS_ALL_COLUMNS) === 0) {
      count = fields.field(
        'columns',
        () => decodeColumnSubset(fields.input, present, columns.length),
        (n) => Array.from(present.subarray(0, n), (i) => columns[i].name).join(', '),
      );
    }
    for (let i = 0; i < count; i++) {
      const column = columns[present[i]];
      if (!column.type.isMultiCell) fields.group(column.name, () => this.cell(column.type, null, hasTimestamp));
      else
        fields.group(column.name, () =>
          this.complexColumn(column.type, (flags & UnfilteredFlag.HAS_COMPLEX_DELETION) !== 0, hasTimestamp),
        );
    }
    this.mustEndAt(end);
  }

  private marker(from: number): void {
    const { fields } = this;
    fields.u8('flags', flagNames);
    const kind = fields.u8('kind', kindName);
    const size = fields.u16('size');
    if (size > this.clusteringTypes.length) throw fields.input.corrupt(`a bound of ${size} values`);
    this.names(size, from);
    this.body(from);
    const end = fields.input.position + this.size;
    fields.vint('previous unfiltered size');
    if (isBoundary(kind)) this.deletion('closing');
    this.deletion(isBoundary(kind) ? 'opening' : 'deletion');
    this.mustEndAt(end);
  }

  // Values of a name may be longer than what is at hand: then all that is left of the file is, bit by bit, made available.
  private names(size: number, from: number): void {
    const { fields, window } = this;
    const { input } = fields;
    const at = input.filePosition;
    for (let available = 65536; ; available *= 4) {
      input.position = window.at(from, at - from + available).position + (at - from);
      const complete = at + available >= window.size;
      try {
        const probe = new FieldReader(input);
        annotateValues(probe, this.clusteringTypes, size);
      } catch (error) {
        if (complete) throw error;
        continue;
      }
      break;
    }
    input.position = window.at(from, 1).position + (at - from);
    annotateValues(fields, this.clusteringTypes, size);
  }

  private size = 0;

  /** The size of what follows, and all of it in the window. */
  private body(from: number): void {
    const { fields, window } = this;
    const { input } = fields;
    const before = input.filePosition - from;
    input.position = window.at(from, before + 9).position + before;
    this.size = fields.vint('size');
    const read = input.filePosition - from;
    if (this.size > window.size - from - read) throw input.corrupt(`an unfiltered of ${this.size} bytes goes beyond the file`);
    input.position = window.at(from, read + this.size).position + read;
  }

  private mustEndAt(end: number): void {
    const { input } = this.fields;
    if (input.position !== end) throw input.corrupt(`an unfiltered ends ${end - input.position} bytes later than its content`);
  }

  private complexColumn(type: CqlType, hasDeletion: boolean, hasTimestamp: boolean): void {
    const { fields } = this;
    if (hasDeletion) this.deletion('complex deletion');
    const cells = fields.field('cell count', () => fields.input.length('cell count'));
    for (let i = 0; i < cells; i++) fields.group('cell', () => this.cell(type, type, hasTimestamp));
  }

  private cell(type: CqlType, complex: CqlType | null, hasTimestamp: boolean): void {
    const { fields } = this;
    const flags = fields.u8('flags', cellFlagNames);
    if ((flags & StoredCellFlag.USE_ROW_TIMESTAMP) === 0) this.timestamp('timestamp');
    else if (!hasTimestamp) throw fields.input.corrupt('a cell takes its timestamp from a row that has none');
    if ((flags & StoredCellFlag.USE_ROW_TTL) === 0) {
      if ((flags & (StoredCellFlag.IS_DELETED | StoredCellFlag.IS_EXPIRING)) !== 0) this.localDeletionTime('local deletion time');
      if ((flags & StoredCellFlag.IS_EXPIRING) !== 0) this.ttl();
    }
    let valueType = type;
    if (complex !== null) {
      const path = fields.group('path', () => {
        const length = fields.field('length', () => fields.input.length('length'));
        return fields.bytes('value', length, (bytes) =>
          complex instanceof CollectionType ? literal(complex.nameType, bytes) : fieldName(complex, bytes),
        );
      });
      if (complex instanceof CollectionType) valueType = complex.valueType;
      else if (complex instanceof UserType) valueType = complex.fields[(path[0] << 8) | path[1]]?.type ?? type;
    }
    if ((flags & StoredCellFlag.HAS_EMPTY_VALUE) !== 0) return;
    fields.group('value', () => {
      const fixed = complex === null ? type.fixedLength : -1;
      const length = fixed >= 0 ? fixed : fields.field('length', () => fields.input.length('length'));
      fields.bytes('value', length, (bytes) => literal(valueType, bytes));
    });
  }

  private timestamp(name: string): void {
    this.fields.vint64(name, (delta) => BigInt.asIntN(64, delta + this.minTimestamp));
  }

  private ttl(): void {
    const { input } = this.fields;
    this.fields.field(
      'ttl',
      () => input.unsignedVInt32('ttl'),
      (delta) => (delta + this.minTtl) | 0,
    );
  }

  private localDeletionTime(name: string): void {
    const { input } = this.fields;
    this.fields.field(
      name,
      () => input.unsignedVInt32(name),
      (delta) => (delta + this.minLocalDeletionTime) >>> 0,
    );
  }

  private deletion(name: string): void {
    this.fields.group(name, () => {
      this.timestamp('markedForDeleteAt');
      this.localDeletionTime('localDeletionTime');
    });
  }
}

function fieldName(type: CqlType, bytes: Uint8Array): string | number {
  const position = (bytes[0] << 8) | bytes[1];
  return type instanceof UserType ? (type.fields[position]?.name ?? position) : position;
}

function names(table: Readonly<Record<string, number>>, flags: number): string {
  return Object.entries(table)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .join(' ');
}

const flagNames = (flags: number): string => names(UnfilteredFlag, flags);
const cellFlagNames = (flags: number): string => names(StoredCellFlag, flags);

import { ByteReader, toBigInt } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';
import { IndexScanner } from '../index/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { Version } from '../version/index.ts';
import { type Annotation, bytesValue, FieldReader } from './annotation.ts';
import { annotateValues, kindName } from './clustering-fields.ts';

/** What the annotations of Index.db need to know. */
export interface IndexShape {
  readonly version: Version;
  readonly keyType: CqlType;
  readonly clusteringTypes: readonly CqlType[];
}

/** Index.db, entry by entry: memory for one. Throws CorruptionError. */
export function* annotateIndex(index: ByteSource, shape: IndexShape): Generator<Annotation> {
  const fixedLengths = Int32Array.from(shape.clusteringTypes, (type) => type.fixedLength);
  const scanner = new IndexScanner(index, fixedLengths, shape.version, 65536);
  let from = -1;
  for (;;) {
    const more = scanner.next();
    const to = more ? scanner.entryPosition : index.size;
    if (from >= 0) yield annotateEntry(index, from, to, shape);
    if (!more) return;
    from = to;
  }
}

function annotateEntry(index: ByteSource, from: number, to: number, shape: IndexShape): Annotation {
  const bytes = new Uint8Array(to - from);
  const count = index.read(bytes, from);
  const input = new ByteReader(bytes.subarray(0, count), index.name, from);
  const fields = new FieldReader(input);
  fields.group('entry', () => {
    fields.group('key', () => fields.bytes('bytes', fields.u16('length'), bytesValue));
    fields.vint('position');
    if (fields.vint('promotedSize') === 0) return;
    fields.group('row index', () => annotateRowIndex(fields, shape));
  });
  if (input.remaining > 0) throw input.corrupt(`an entry has ${input.remaining} bytes too many`);
  return fields.take()[0];
}

function annotateRowIndex(fields: FieldReader, shape: IndexShape): void {
  fields.vint('headerLength');
  annotateDeletion(fields, 'partition deletion', shape.version);
  const blocks = fields.field('blockCount', () => fields.input.unsignedVInt32('blockCount'));
  // The smallest block takes five bytes and its place.
  if (blocks < 0 || blocks * 9 > fields.input.remaining) throw fields.input.corrupt(`${blocks} blocks are impossible`);
  for (let i = 0; i < blocks; i++) {
    fields.group('block', () => {
      for (const name of ['firstName', 'lastName']) annotateName(fields, name, shape.clusteringTypes);
      fields.vint('offset');
      fields.field(
        'width',
        () => fields.input.signedVIntNumber('width'),
        (width) => width + 65536,
      );
      if (fields.u8('hasOpenMarker', (flag) => flag === 1) === 1) annotateDeletion(fields, 'openMarker', shape.version);
    });
  }
  for (let i = 0; i < blocks; i++) fields.i32('block place');
}

function annotateName(fields: FieldReader, name: string, types: readonly CqlType[]): void {
  fields.group(name, () => {
    const kind = fields.u8('kind', kindName);
    const size = kind === BoundKind.CLUSTERING ? types.length : fields.u16('size');
    if (size > types.length) throw fields.input.corrupt(`a name of ${size} values`);
    annotateValues(fields, types, size);
  });
}

/** A deletion time in its fixed form, as the version has it. */
export function annotateDeletion(fields: FieldReader, name: string, { hasUIntDeletionTime }: Version): void {
  const { input } = fields;
  fields.group(name, () => {
    if (!hasUIntDeletionTime) {
      fields.i32('localDeletionTime');
      fields.i64('markedForDeleteAt');
    } else if (input.remaining > 0 && input.bytes[input.position] >= 0x80) {
      fields.u8('flags', () => 'LIVE');
    } else {
      fields.field(
        'markedForDeleteAt',
        () => input.i64('markedForDeleteAt'),
        () => toBigInt(input.hi, input.lo),
      );
      fields.u32('localDeletionTime');
    }
  });
}

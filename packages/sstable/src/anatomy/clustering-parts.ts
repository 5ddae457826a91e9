import type { CqlType } from '@cassette/cql';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { Words } from './part.ts';
import type { PartReader } from './part-reader.ts';
import { kindName, literal } from './value-text.ts';

const HEADER: Words = [
  'flags',
  'clustering header',
  'Two bits for each of up to 32 clustering values that follow: the lower one is set for an empty value, the higher one for null. Such ' +
    'values take no more bytes.',
];
const VALUE: Words = [
  'group',
  'clustering value',
  'Rows of a partition are sorted by their clustering values, in the order of the columns.',
];
const LENGTH: Words = ['length', 'length', 'Bytes of the value. Values of types with a fixed length have none of these.'];
const BYTES: Words = ['key', 'value'];
const KIND: Words = [
  'flags',
  'kind',
  'Whether this is a row’s clustering (4) or a bound: where a range of clusterings begins or ends, with its own values or without them.',
];
const SIZE: Words = [
  'length',
  'value count',
  'A bound may have fewer values than there are clustering columns: then it is one of all rows that begin so.',
];

/** Values of a clustering or a bound: of each 32 a header, then those that are neither empty nor null. Returns them as text. */
export function valueParts(reader: PartReader, types: readonly CqlType[], size: number): string {
  let header = 0n;
  const texts: string[] = [];
  for (let i = 0; i < size; i++) {
    if (i % 32 === 0) header = BigInt.asUintN(64, reader.vint64(HEADER, headerText));
    const bits = Number((header >> BigInt(2 * (i % 32))) & 3n);
    if (bits !== 0) {
      texts.push(bits >= 2 ? 'null' : 'empty');
      continue;
    }
    const type = types[i];
    reader.group(VALUE, () => {
      const length = type.fixedLength >= 0 ? type.fixedLength : reader.length(LENGTH);
      reader.bytes(BYTES, length, (bytes, count) => {
        texts.push(literal(type, bytes, count));
        return texts[texts.length - 1];
      });
      if (length === 0) texts.push('empty');
      return texts[i];
    });
  }
  return texts.length === 1 ? texts[0] : `(${texts.join(', ')})`;
}

/** What a bound begins with, that is not a row's clustering: its kind and how many values it has. Returns both. */
export function boundParts(reader: PartReader, types: readonly CqlType[]): { readonly kind: number; readonly size: number } {
  const kind = reader.u8(KIND, kindName);
  const at = reader.position;
  const size = kind === BoundKind.CLUSTERING ? types.length : reader.u16(SIZE);
  if (size > types.length) throw reader.corrupt(`a bound can't have ${size} values`, at);
  return { kind, size };
}

/** A bound or a clustering with its kind, as a group. */
export function prefixParts(reader: PartReader, words: Words, types: readonly CqlType[]): void {
  reader.group(words, () => {
    const { kind, size } = boundParts(reader, types);
    return `${kindName(kind)} ${valueParts(reader, types, size)}`;
  });
}

function headerText(bits: bigint): string {
  return `0x${BigInt.asUintN(64, bits).toString(16)}`;
}

import { CassetteError } from '@cassette/bytes';
import { type CqlType, parseMarshalType } from '@cassette/cql';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { type AnnotationValue, bytesValue, type FieldReader } from './annotation.ts';

/** The longest value that is shown as a literal. */
const LITERAL_MAX = 1024;

/** A value as a CQL literal of its type; as bytes where it is long or none of the type. */
export function literal(type: CqlType, bytes: Uint8Array): AnnotationValue {
  if (bytes.length > LITERAL_MAX) return bytesValue(bytes);
  try {
    type.validate(bytes, 0, bytes.length);
    return type.toCqlLiteral(bytes, 0, bytes.length);
  } catch (error) {
    // Whether values are right is verify's to say: here any bytes are shown.
    if (!(error instanceof CassetteError)) throw error;
    return bytesValue(bytes);
  }
}

/** Values of a clustering or a bound: of each 32 a header (two bits a value), then those that are neither empty nor null. */
export function annotateValues(fields: FieldReader, types: readonly CqlType[], size: number): void {
  let header = 0n;
  for (let i = 0; i < size; i++) {
    if (i % 32 === 0)
      header = BigInt.asUintN(
        64,
        fields.vint64('clustering header', (bits) => `0x${BigInt.asUintN(64, bits).toString(16)}`),
      );
    const bits = Number((header >> BigInt(2 * (i % 32))) & 3n);
    if (bits !== 0) continue;
    const type = types[i];
    fields.group('clustering value', () => {
      const length = type.fixedLength >= 0 ? type.fixedLength : fields.field('length', () => fields.input.length('length'));
      fields.bytes('value', length, (bytes) => literal(type, bytes));
    });
  }
}

/** Name of a kind of bound, as Cassandra has it. */
export function kindName(kind: number): string {
  return Object.entries(BoundKind).find(([, one]) => one === kind)?.[0] ?? String(kind);
}

/** A bound with its kind and number of values, of clustering types by their marshal names. */
export function annotateBound(fields: FieldReader, name: string, typeNames: readonly string[]): void {
  const types = typeNames.map((one) => parseMarshalType(one));
  fields.group(name, () => {
    fields.u8('kind', kindName);
    const size = fields.u16('size');
    if (size > types.length) throw fields.input.corrupt(`a bound of ${size} values`);
    annotateValues(fields, types, size);
  });
}

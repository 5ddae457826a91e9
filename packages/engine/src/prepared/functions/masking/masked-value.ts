import type { ByteWriter } from '@cassette/bytes';
import {
  CollectionType,
  type CqlType,
  nativeTypes,
  ReversedType,
  TimeUuid,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';

/** Bytes of what stands for a value, by the name of its type. */
const values: Readonly<Record<string, string | number | bigint | boolean>> = {
  ascii: '****',
  text: '****',
  bigint: 0,
  boolean: false,
  counter: 0,
  date: '1970-01-01',
  decimal: '0',
  double: 0,
  duration: '0s',
  float: 0,
  inet: '0.0.0.0',
  int: 0,
  smallint: 0,
  time: '00:00:00',
  timestamp: 0,
  tinyint: 0,
  uuid: '00000000-0000-0000-0000-000000000000',
  varint: 0,
};

/** Appends what `mask_default` shows of every value of a type. Cassandra: AbstractType#getMaskedValue. */
export function putMaskedValue(type: CqlType, out: ByteWriter): void {
  if (type instanceof ReversedType) {
    putMaskedValue(type.base, out);
  } else if (type instanceof CollectionType) {
    out.i32(0);
  } else if (type instanceof TupleType || type instanceof UserType) {
    for (const field of type.types) {
      const at = out.length;
      out.i32(0);
      putMaskedValue(field, out);
      out.patchI32(at, out.length - at - 4);
    }
  } else if (type instanceof VectorType) {
    for (let i = 0; i < type.dimension; i++) type.appendElement(out, () => putMaskedValue(type.element, out));
  } else if (type === nativeTypes.timeuuid) {
    out.bytes(TimeUuid.min(0).bytes);
  } else if (Object.hasOwn(values, type.cqlName())) {
    type.encode(values[type.cqlName()], out);
  }
}

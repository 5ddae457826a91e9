import { CassetteError } from '@cassette/bytes';
import { unknownClass } from '@cassette/cql';
import type { SerializationHeader } from '../header/index.ts';
import { typeOf } from './header-misfits.ts';

/** A type in the header of an SSTable whose class Cassandra 5.0 does not have. Code UNKNOWN_TYPE. */
export class UnknownTypeError extends CassetteError {
  /** `column` is what is of the type: `column v`, `the partition key`, `clustering column 1`; `type` the class; `file` Statistics.db's name. */
  constructor(column: string, type: string, file: string) {
    super(
      'UNKNOWN_TYPE',
      `${column} is of type ${type} in the header of ${file}, a class that Cassandra 5.0 does not have, so neither it nor Cassette can ` +
        'open the SSTable: if the class is your own, copy the column to one of a built-in type in the Cassandra that has it, and take the ' +
        'SSTables from there; if not, the header was changed after it was written: take the files from a backup',
      { column, type, file },
    );
  }
}

/**
 * All types of a header whose class Cassandra 5.0 does not have, in the order of the header. `file` is Statistics.db's name. Throws
 * CorruptionError where text is no type at all. Cassandra: SerializationHeader.Serializer, where TypeParser looks for the class.
 */
export function unknownTypesOf(header: SerializationHeader, file: string): UnknownTypeError[] {
  const types = [
    ['the partition key', header.keyType],
    ...header.clusteringTypes.map((type, i) => [`clustering column ${i + 1}`, type]),
    ...[...header.staticColumns, ...header.regularColumns].map(({ name, type }) => [`column ${name}`, type]),
  ];
  return types.flatMap(([column, type]) => {
    const unknown = unknownClass(typeOf(type, file));
    return unknown === null ? [] : [new UnknownTypeError(column, unknown, file)];
  });
}

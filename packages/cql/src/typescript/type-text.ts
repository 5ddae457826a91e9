import type { CqlType } from '../types/cql-type.ts';
import { ListType, SetType } from '../types/list-type.ts';
import { MapType } from '../types/map-type.ts';
import { nativeTypes } from '../types/native-types.ts';
import { CompositeType, CustomType, ReversedType } from '../types/other-types.ts';
import { TupleType, UserType } from '../types/tuple-type.ts';
import { VectorType } from '../types/vector-type.ts';

/** What a native type's values are in a result, and what is taken as a parameter; names with a capital are the client's or built in. */
interface NativeText {
  readonly result: string;
  readonly parameter: string;
}

const natives: Readonly<Record<keyof typeof nativeTypes, NativeText>> = {
  ascii: { result: 'string', parameter: 'string' },
  bigint: { result: 'bigint', parameter: 'bigint | number' },
  blob: { result: 'Uint8Array', parameter: 'Uint8Array | ArrayBuffer' },
  boolean: { result: 'boolean', parameter: 'boolean' },
  counter: { result: 'bigint', parameter: 'bigint | number' },
  date: { result: 'LocalDate', parameter: 'LocalDate | Date' },
  decimal: { result: 'Decimal', parameter: 'Decimal | bigint | number' },
  double: { result: 'number', parameter: 'number' },
  duration: { result: 'Duration', parameter: 'Duration' },
  empty: { result: 'null', parameter: 'null' },
  float: { result: 'number', parameter: 'number' },
  inet: { result: 'InetAddress', parameter: 'InetAddress | string' },
  int: { result: 'number', parameter: 'number' },
  smallint: { result: 'number', parameter: 'number' },
  text: { result: 'string', parameter: 'string' },
  time: { result: 'LocalTime', parameter: 'LocalTime' },
  timestamp: { result: 'Date', parameter: 'Date | bigint | number' },
  timeuuid: { result: 'TimeUuid', parameter: 'TimeUuid | UuidText' },
  tinyint: { result: 'number', parameter: 'number' },
  uuid: { result: 'Uuid', parameter: 'Uuid | UuidText' },
  varchar: { result: 'string', parameter: 'string' },
  varint: { result: 'bigint', parameter: 'bigint | number' },
};

const byType: ReadonlyMap<CqlType, NativeText> = new Map(
  Object.entries(nativeTypes).map(([name, type]) => [type, natives[name as keyof typeof nativeTypes]]),
);

/** Types of the client's that generated code imports where it names them. */
const importable: ReadonlySet<string> = new Set([
  'Decimal',
  'Duration',
  'InetAddress',
  'LocalDate',
  'LocalTime',
  'TimeUuid',
  'Uuid',
  'UuidText',
]);

/** Names of the interfaces of a user type: of its values in results, and of those given as parameters. */
export interface UserTypeNames {
  readonly result: string;
  readonly parameter: string;
}

/** How types are written. */
export interface TypeTextOptions {
  /**
   * A timestamp beyond what Date holds, and a time that is no time of day, come as a bigint; only other writers of files store such. With
   * this the types say so. Default: they are Date and LocalTime.
   */
  readonly exactTimes?: boolean;
}

/** Types of CQL as the text of types of TypeScript; remembers what must be imported for them. */
export class TypeTexts {
  /** Names of the client's that were used. */
  readonly imports = new Set<string>();
  private readonly userTypes: (type: UserType) => UserTypeNames;
  private readonly exactTimes: boolean;

  constructor(userTypes: (type: UserType) => UserTypeNames, { exactTimes = false }: TypeTextOptions = {}) {
    this.userTypes = userTypes;
    this.exactTimes = exactTimes;
  }

  /** What values of the type are in a result, as its `decode` makes them; without null. */
  result(type: CqlType): string {
    const native = byType.get(type);
    if (native !== undefined) {
      const mayBeBigint = this.exactTimes && (type === nativeTypes.timestamp || type === nativeTypes.time);
      return this.used(mayBeBigint ? `${native.result} | bigint` : native.result);
    }
    if (type instanceof ListType) return `${grouped(this.result(type.element))}[]`;
    if (type instanceof VectorType) return repeated(this.result(type.element), type.dimension);
    if (type instanceof SetType) return `Set<${this.result(type.element)}>`;
    if (type instanceof MapType) return `Map<${this.result(type.key)}, ${this.result(type.value)}>`;
    if (type instanceof TupleType) return `[${type.types.map((one) => orNull(this.result(one))).join(', ')}]`;
    if (type instanceof UserType) return this.userTypes(type).result;
    if (type instanceof ReversedType) return this.result(type.base);
    if (type instanceof CompositeType) return 'unknown[]';
    return type instanceof CustomType ? 'Uint8Array' : 'unknown';
  }

  /** What is taken as a value of the type, of what its `encode` takes what no other type's values are; without null. */
  parameter(type: CqlType): string {
    const native = byType.get(type);
    if (native !== undefined) return this.used(native.parameter);
    if (type instanceof ListType) return `readonly ${grouped(this.parameter(type.element))}[]`;
    if (type instanceof VectorType) return this.vectorParameter(type);
    if (type instanceof SetType) {
      const element = this.parameter(type.element);
      return `ReadonlySet<${element}> | readonly ${grouped(element)}[]`;
    }
    if (type instanceof MapType) {
      const value = this.parameter(type.value);
      const map = `ReadonlyMap<${this.parameter(type.key)}, ${value}>`;
      return type.key === nativeTypes.text || type.key === nativeTypes.ascii
        ? `${map} | Readonly<Record<string, ${value}>>`
        : map;
    }
    if (type instanceof TupleType) return `readonly [${type.types.map((one) => orNull(this.parameter(one))).join(', ')}]`;
    if (type instanceof UserType) return this.userTypes(type).parameter;
    if (type instanceof ReversedType) return this.parameter(type.base);
    return type instanceof CustomType ? 'Uint8Array' : 'unknown';
  }

  private vectorParameter({ element, dimension }: VectorType): string {
    const array = `readonly ${repeated(this.parameter(element), dimension)}`;
    if (element === nativeTypes.float) return `${array} | Float32Array`;
    return element === nativeTypes.double ? `${array} | Float64Array` : array;
  }

  private used(text: string): string {
    for (const name of text.split(' | ')) if (importable.has(name)) this.imports.add(name);
    return text;
  }
}

/** With null among its values. */
export function orNull(text: string): string {
  return text === 'null' || text === 'unknown' ? text : `${text} | null`;
}

/** Longer vectors, embeddings, are not written out element by element: their tuples would say nothing in an editor. */
const TUPLE_LENGTH_MAX = 8;

/** So many elements: a tuple, or an array where they are many. */
function repeated(element: string, count: number): string {
  return count > TUPLE_LENGTH_MAX ? `${grouped(element)}[]` : `[${Array.from({ length: count }, () => element).join(', ')}]`;
}

/** As the element of `[]`. */
function grouped(text: string): string {
  return /[ |]/.test(text) && !/^[A-Za-z]+<[^<>]*>$/.test(text) ? `(${text})` : text;
}

import { CollectionType, type CqlType, ListType, MapType, nativeTypes, SetType } from '@cassette/cql';
import { bytesOf, writeList, writeSet } from '../terms/collection-bytes.ts';
import type { ScalarFunction } from './scalar-functions.ts';

// Functions that are made for the type of their argument. Cassandra: functions.FunctionFactory.

type Call = (bytes: Uint8Array) => Uint8Array | null;

const makers: Readonly<Record<string, (type: CqlType, name: string) => ScalarFunction | string>> = {
  to_json: toJson,
  tojson: toJson,
  map_keys: (type, name) => {
    if (!(type instanceof MapType)) return `Function ${name} requires a map argument, but found one of type ${type}`;
    return unary(name, type, new SetType(type.key, true), (bytes) =>
      bytesOf((out) => writeSet(type.key, elementsOf(type, bytes, 0, 2), out)),
    );
  },
  map_values: (type, name) => {
    if (!(type instanceof MapType)) return `Function ${name} requires a map argument, but found one of type ${type}`;
    return unary(name, type, new ListType(type.value, true), (bytes) =>
      bytesOf((out) => writeList(elementsOf(type, bytes, 1, 2), out)),
    );
  },
  collection_count: (type, name) => {
    if (!(type instanceof CollectionType))
      return `Function ${name} requires a collection argument, but found one of type ${type}`;
    return unary(name, type, nativeTypes.int, (bytes) => bytes.slice(0, 4));
  },
  collection_min: (type, name) => extreme(type, name, -1),
  collection_max: (type, name) => extreme(type, name, 1),
};

/** Whether a function of that name is made for the type of its one argument. */
export function isTypedFunction(name: string): boolean {
  return Object.hasOwn(makers, name);
}

/** That function for an argument of a type, or a sentence that says why there is none. Cassandra: CollectionFcts, ToJsonFct. */
export function typedFunction(name: string, type: CqlType): ScalarFunction | string {
  return makers[name](type, name);
}

function unary(name: string, from: CqlType, to: CqlType, call: Call): ScalarFunction {
  return { name, argumentTypes: [from], returnType: to, call: ([bytes]) => (bytes === null ? null : call(bytes)) };
}

/** Null is the JSON null, as text. */
function toJson(type: CqlType, name: string): ScalarFunction {
  const call: ScalarFunction['call'] = ([bytes]) =>
    bytesOf((out) => out.utf8(bytes === null ? 'null' : type.toJson(bytes, 0, bytes.length)));
  return { name, argumentTypes: [type], returnType: nativeTypes.text, call };
}

function extreme(type: CqlType, name: string, sign: number): ScalarFunction | string {
  if (!(type instanceof ListType || type instanceof SetType)) {
    return `Function ${name} requires a set or list argument, but found one of type ${type}`;
  }
  const { element } = type;
  return unary(name, type, element, (bytes) => {
    let best: Uint8Array | null = null;
    for (const value of elementsOf(type, bytes, 0, 1)) {
      if (best === null || element.compare(value, 0, value.length, best, 0, best.length) * sign > 0) best = value;
    }
    return best;
  });
}

/** Every `step`-th value of a serialized collection, from one on. */
function elementsOf(type: CollectionType, bytes: Uint8Array, first: number, step: number): readonly Uint8Array[] {
  const ranges = type.split(bytes, 0, bytes.length);
  const elements: Uint8Array[] = [];
  for (let i = 2 * first; i < ranges.length; i += 2 * step) elements.push(bytes.subarray(ranges[i], ranges[i + 1]));
  return elements;
}

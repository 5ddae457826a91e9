import { CollectionType, type CqlType, ListType, MapType, nativeTypes, SetType } from '@cassette/cql';
import { bytesOf, writeList, writeSet } from '../terms/collection-bytes.ts';
import { average, extreme, total } from './aggregate-functions.ts';
import { type FunctionFactory, factory } from './function-factory.ts';
import { anyCollection, anyMap, type FunctionParameter, numericSetOrList, setOrList } from './function-parameter.ts';
import type { AggregateFunction, ScalarFunction } from './native-function.ts';

/** Functions of whole collections. Cassandra: functions.CollectionFcts. */
export function collectionFunctions(): FunctionFactory[] {
  return [
    factory('map_keys', [anyMap], ([type]) => {
      const { key } = type as MapType;
      return unary('map_keys', type, new SetType(key, true), (elements) =>
        bytesOf((out) => writeSet(key, everySecond(elements, 0), out)),
      );
    }),
    factory('map_values', [anyMap], ([type]) =>
      unary('map_values', type, new ListType((type as MapType).value, true), (elements) =>
        bytesOf((out) => writeList(everySecond(elements, 1), out)),
      ),
    ),
    factory('collection_count', [anyCollection], ([type]) =>
      unary('collection_count', type, nativeTypes.int, (elements) =>
        bytesOf((out) => out.i32(elements.length / (type instanceof MapType ? 2 : 1))),
      ),
    ),
    aggregating('collection_min', setOrList, (type) => extreme('min', type)),
    aggregating('collection_max', setOrList, (type) => extreme('max', type)),
    aggregating('collection_sum', numericSetOrList, total),
    aggregating('collection_avg', numericSetOrList, average),
  ];
}

function everySecond(elements: readonly Uint8Array[], first: 0 | 1): Uint8Array[] {
  return elements.filter((_, i) => i % 2 === first);
}

/** An aggregate over the elements of one collection. */
function aggregating(name: string, parameter: FunctionParameter, over: (type: CqlType) => AggregateFunction): FunctionFactory {
  return factory(name, [parameter], ([type]) => {
    const aggregated = over((type as ListType | SetType).element);
    return unary(name, type, aggregated.returnType, (elements) => {
      const state = aggregated.aggregate();
      for (const element of elements) state.add(element);
      return state.result();
    });
  });
}

function unary(
  name: string,
  from: CqlType,
  to: CqlType,
  call: (elements: readonly Uint8Array[]) => Uint8Array | null,
): ScalarFunction {
  return {
    name,
    argumentTypes: [from],
    returnType: to,
    call: ([bytes]) => (bytes === null ? null : call(elementsOf(from, bytes))),
  };
}

/** The elements of a serialized collection; of a map keys and values in turn. */
function elementsOf(type: CqlType, bytes: Uint8Array): Uint8Array[] {
  if (!(type instanceof CollectionType)) return [];
  const ranges = type.split(bytes, 0, bytes.length);
  const elements: Uint8Array[] = [];
  for (let i = 0; i < ranges.length; i += 2) elements.push(bytes.subarray(ranges[i], ranges[i + 1]));
  return elements;
}

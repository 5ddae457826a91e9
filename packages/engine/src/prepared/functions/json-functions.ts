import { type CqlType, encodeJson, InvalidRequestError, NoDurationError, nativeTypes, parseJson } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { type FunctionFactory, factory } from './function-factory.ts';
import { anyType, fixed } from './function-parameter.ts';
import { FunctionFailure } from './math/function-failure.ts';
import type { ScalarFunction } from './native-function.ts';

/** `to_json` and `from_json`, under their names of the past too. Cassandra: ToJsonFct, FromJsonFct. */
export function jsonFunctions(): FunctionFactory[] {
  return [
    ...['to_json', 'tojson'].map((name) => factory(name, [anyType(false)], ([type]) => toJson(name, type))),
    ...['from_json', 'fromjson'].map((name) =>
      factory(name, [fixed(nativeTypes.text)], (_, receiver) =>
        receiver === undefined
          ? `${name}() cannot be used in the selection clause of a SELECT statement`
          : fromJson(name, receiver),
      ),
    ),
  ];
}

/** Null is the JSON null, as text. */
function toJson(name: string, type: CqlType): ScalarFunction {
  const meansNothing = hasMeaninglessEmpty(type);
  return {
    name,
    argumentTypes: [type],
    returnType: nativeTypes.text,
    call([bytes]) {
      const isNull = bytes === null || (bytes.length === 0 && meansNothing);
      return bytesOf((out) => out.utf8(isNull ? 'null' : type.toJson(bytes, 0, bytes.length)));
    },
  };
}

/** Whether zero bytes of the type are as good as null. Cassandra: AbstractType#isEmptyValueMeaningless. */
export function hasMeaninglessEmpty(type: CqlType): boolean {
  return !['text', 'ascii', 'blob'].includes(type.cqlName());
}

function fromJson(name: string, type: CqlType): ScalarFunction {
  return {
    name,
    argumentTypes: [nativeTypes.text],
    returnType: type,
    call([bytes]) {
      if (bytes === null) return null;
      try {
        const value = parseJson(nativeTypes.text.decode(bytes, 0, bytes.length) as string);
        return value === null ? null : bytesOf((out) => encodeJson(type, value, out));
      } catch (error) {
        if (error instanceof NoDurationError) throw new InvalidRequestError(error.reason);
        if (!(error instanceof InvalidRequestError)) throw error;
        throw new FunctionFailure(error.reason);
      }
    },
  };
}

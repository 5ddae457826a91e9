import { bytesOf } from '../terms/collection-bytes.ts';
import { decodeNumber, type NumberType, numberTypes } from './math/number-types.ts';
import type { ScalarFunction } from './native-function.ts';

const names = ['abs', 'exp', 'log', 'log10', 'round'] as const;

/** Functions of one number, which give one of the same type. Cassandra: functions.MathFcts. */
export function mathFunctions(): ScalarFunction[] {
  return numberTypes.flatMap((type) => names.map((name) => mathFunction(name, type)));
}

function mathFunction(name: (typeof names)[number], of: NumberType): ScalarFunction {
  return {
    name,
    argumentTypes: [of.type],
    returnType: of.type,
    call([bytes]) {
      const value = decodeNumber(of, bytes);
      return value === null ? null : bytesOf((out) => of.type.encode(of[name](value), out));
    },
  };
}

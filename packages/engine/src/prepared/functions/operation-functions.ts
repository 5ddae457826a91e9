import { type CqlType, type Duration, InvalidRequestError, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { FunctionFailure } from './math/function-failure.ts';
import { decodeNumber, type NumberType, numberTypes, type Operator, operatorNames, resultType } from './math/number-types.ts';
import type { ScalarFunction } from './native-function.ts';
import { addDuration } from './temporal.ts';

// Arithmetic is functions with names that nobody can write. Cassandra: functions.OperationFcts.

/** The name of the function of `-x`. */
export const NEGATION = '_negate';

/** The functions behind the operators. */
export function operationFunctions(): ScalarFunction[] {
  const functions: ScalarFunction[] = [];
  const operators = Object.keys(operatorNames) as Operator[];
  for (const left of numberTypes) {
    for (const right of numberTypes) for (const operator of operators) functions.push(numeric(left, operator, right));
    functions.push(negation(left));
  }
  for (const operator of ['+', '-'] as const) {
    functions.push(temporal(nativeTypes.timestamp, operator), temporal(nativeTypes.date, operator));
  }
  const { text, ascii } = nativeTypes;
  functions.push(concatenation(text, text, text), concatenation(ascii, ascii, ascii));
  functions.push(concatenation(text, ascii, text), concatenation(text, text, ascii));
  return functions;
}

/** A failure names the operation. Cassandra: OperationExecutionException. */
function operation(
  returnType: CqlType,
  left: CqlType,
  operator: Operator,
  right: CqlType,
  call: (left: Uint8Array, right: Uint8Array) => Uint8Array | null,
): ScalarFunction {
  return {
    name: operatorNames[operator],
    argumentTypes: [left, right],
    returnType,
    columnName: ([a, b]) => `${a} ${operator} ${b}`,
    call([a, b]) {
      if (a === null || b === null) return null;
      try {
        return call(a, b);
      } catch (error) {
        if (!(error instanceof FunctionFailure) && !(error instanceof InvalidRequestError)) throw error;
        throw new FunctionFailure(`the operation '${left} ${operator} ${right}' failed: ${error.message}`);
      }
    },
  };
}

function numeric(left: NumberType, operator: Operator, right: NumberType): ScalarFunction {
  const result = resultType(left, right);
  return operation(result.type, left.type, operator, right.type, (a, b) => {
    const x = decodeNumber(left, a);
    const y = decodeNumber(right, b);
    if (x === null || y === null) return null;
    const value = result.operate(operator, result.from(x, left.type), result.from(y, right.type));
    return bytesOf((out) => result.type.encode(value, out));
  });
}

function negation(of: NumberType): ScalarFunction {
  return {
    name: NEGATION,
    argumentTypes: [of.type],
    returnType: of.type,
    columnName: ([a]) => `-${a}`,
    call([bytes]) {
      const value = decodeNumber(of, bytes);
      return value === null ? null : bytesOf((out) => of.type.encode(of.negate(value), out));
    },
  };
}

function temporal(type: CqlType, operator: '+' | '-'): ScalarFunction {
  const { duration } = nativeTypes;
  return operation(type, type, operator, duration, (a, b) => {
    if (a.length === 0) return null;
    return addDuration(type, a, duration.decode(b, 0, b.length) as Duration, operator === '+' ? 1 : -1);
  });
}

function concatenation(returnType: CqlType, left: CqlType, right: CqlType): ScalarFunction {
  return operation(returnType, left, '+', right, (a, b) =>
    bytesOf((out) => {
      out.bytes(a);
      out.bytes(b);
    }),
  );
}

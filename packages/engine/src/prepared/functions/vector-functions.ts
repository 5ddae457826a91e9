import { InvalidRequestError, nativeTypes, type VectorType } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { type FunctionFactory, factory } from './function-factory.ts';
import { floatVector, sameAs } from './function-parameter.ts';

const { fround } = Math;

type Vector = readonly number[];

/** How alike two vectors are: 1 for the same. Every step is rounded to a float, in the order of the library that Cassandra uses. Cassandra: VectorFcts. */
export function vectorFunctions(): FunctionFactory[] {
  return [
    similarity('similarity_cosine', (a, b) => half(cosine(a, b)), true),
    similarity('similarity_euclidean', (a, b) => fround(1 / fround(1 + squareDistance(a, b))), false),
    similarity('similarity_dot_product', (a, b) => half(dotProduct(a, b)), false),
  ];
}

function similarity(name: string, compare: (a: Vector, b: Vector) => number, refusesZeros: boolean): FunctionFactory {
  const parameters = [sameAs(1, false, floatVector), sameAs(0, false, floatVector)];
  return factory(name, parameters, ([first, second]) => {
    const type = first as VectorType;
    if ((second as VectorType).dimension !== type.dimension) return 'All arguments must have the same vector dimensions';
    return {
      name,
      argumentTypes: [type, type],
      returnType: nativeTypes.float,
      call([a, b]) {
        if (a === null || b === null || a.length === 0 || b.length === 0) return null;
        const x = type.decode(a, 0, a.length) as Vector;
        const y = type.decode(b, 0, b.length) as Vector;
        if (refusesZeros && (x.every((value) => value === 0) || y.every((value) => value === 0))) {
          throw new InvalidRequestError(`Function ${name} doesn't support all-zero vectors.`);
        }
        return bytesOf((out) => nativeTypes.float.encode(compare(x, y), out));
      },
    };
  });
}

function half(value: number): number {
  return fround(fround(1 + value) / 2);
}

function sumOf(values: Iterable<number>): number {
  let sum: number | null = null;
  for (const value of values) sum = sum === null ? value : fround(sum + value);
  return sum ?? 0;
}

/** What is over of eight first, one by one; then eights, each added up by itself. */
function dotProduct(a: Vector, b: Vector): number {
  const products = a.map((value, i) => fround(value * b[i]));
  const rest = a.length % 8;
  let result = 0;
  for (let i = 0; i < rest; i++) result = fround(result + products[i]);
  for (let i = rest; i < a.length; i += 8) result = fround(result + sumOf(products.slice(i, i + 8)));
  return result;
}

/** Eights first, each added up by itself, then what is over. */
function squareDistance(a: Vector, b: Vector): number {
  const squares = a.map((value, i) => {
    const difference = fround(value - b[i]);
    return fround(difference * difference);
  });
  const eights = a.length - (a.length % 8);
  let result = 0;
  for (let i = 0; i < eights; i += 8) result = fround(result + sumOf(squares.slice(i, i + 8)));
  for (let i = eights; i < a.length; i++) result = fround(result + squares[i]);
  return result;
}

function cosine(a: Vector, b: Vector): number {
  let sum = 0;
  let norm = 0;
  let otherNorm = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i];
    sum = fround(sum + fround(x * y));
    norm = fround(norm + fround(x * x));
    otherNorm = fround(otherNorm + fround(y * y));
  }
  return fround(sum / Math.sqrt(norm * otherNorm));
}

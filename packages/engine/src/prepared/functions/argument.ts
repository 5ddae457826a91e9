import { type CqlType, ListType, MapType, SetType, TupleType, UserType, VectorType } from '@cassette/cql';

/** How well something fits a type. Cassandra: AssignmentTestable.TestResult. */
export type Fit = 'exact' | 'weak' | 'none';

/** What a function is called with, to those who look for the function. Cassandra: AssignmentTestable. */
export interface Argument {
  /** How it is written, for messages. */
  readonly text: string;
  readonly isMarker: boolean;
  /** Elements of an array literal in a selection, which is a vector where one is asked for. */
  readonly arraySize?: number;
  fit(type: CqlType): Fit;
  /** The type it has by itself, or would be given where nothing else tells; undefined where there is none. */
  compatibleType(): CqlType | undefined;
}

/** Types whose values are, as bytes, values of another type (by its name) too. Cassandra: AbstractType#isValueCompatibleWith. */
const compatible: Readonly<Record<string, readonly string[]>> = {
  text: ['ascii'],
  uuid: ['timeuuid'],
  bigint: ['timestamp'],
  timestamp: ['bigint'],
  varint: ['int', 'bigint', 'timestamp'],
  date: ['int'],
  time: ['bigint'],
};

/** How well values of one type fit another. Cassandra: AbstractType#testAssignment. */
export function valueFit(from: CqlType, to: CqlType): Fit {
  if (from.freeze().equals(to.freeze())) return 'exact';
  return isValueCompatible(to, from) ? 'weak' : 'none';
}

function isValueCompatible(to: CqlType, from: CqlType): boolean {
  const target = to.cqlName();
  if (target === 'blob' || target === from.cqlName() || compatible[target]?.includes(from.cqlName())) return true;
  if (to instanceof ListType && from instanceof ListType) return isValueCompatible(to.element, from.element);
  // What is sorted must be sorted in the same way.
  if (to instanceof SetType && from instanceof SetType) return to.element.equals(from.element);
  if (to instanceof MapType && from instanceof MapType) return to.key.equals(from.key) && isValueCompatible(to.value, from.value);
  if (to instanceof VectorType && from instanceof VectorType) {
    return to.dimension === from.dimension && isValueCompatible(to.element, from.element);
  }
  if (to instanceof TupleType && (from instanceof TupleType || from instanceof UserType)) {
    return to.types.length >= from.types.length && from.types.every((type, i) => isValueCompatible(to.types[i], type));
  }
  return false;
}

/** Together: exact where all are, none as soon as one is. Cassandra: TestResult#testAll. */
export function allFits(fits: Iterable<Fit>): Fit {
  let result: Fit = 'exact';
  for (const fit of fits) {
    if (fit === 'none') return 'none';
    if (fit === 'weak') result = 'weak';
  }
  return result;
}

/** Of several types the one that values of all of them can be taken for. Cassandra: AssignmentTestable#getCompatibleTypeIfKnown. */
export function commonType(types: readonly (CqlType | undefined)[]): CqlType | undefined {
  const known = types.filter((type) => type !== undefined);
  return known.find((type) => known.every((other) => valueFit(other, type) !== 'none'));
}

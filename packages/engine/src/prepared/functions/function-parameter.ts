import { type CqlType, ListType, MapType, nativeTypes, SetType, VectorType } from '@cassette/cql';
import { type Argument, valueFit } from './argument.ts';
import { numberType } from './math/number-types.ts';

/** A parameter of functions that are made for the types of their arguments. Cassandra: functions.FunctionParameter. */
export interface FunctionParameter {
  readonly isOptional?: boolean;
  /** As signatures name it. */
  readonly text: string;
  /** The type of an argument; `others`: those of all arguments as far as they are known, on the second look. */
  infer(argument: Argument, receiver: CqlType | undefined, others?: readonly (CqlType | undefined)[]): CqlType | undefined;
  /** What the type must be, where it is not that. */
  refusal(type: CqlType): string | null;
}

const ofItself: FunctionParameter['infer'] = (argument) => argument.compatibleType();

/** One of the types; the first where an argument has none of its own. */
export function fixed(...types: readonly CqlType[]): FunctionParameter {
  const text = types.length === 1 ? String(types[0]) : `[${types.join('|')}]`;
  return {
    text,
    infer: (argument) => argument.compatibleType() ?? types[0],
    refusal: (type) => (types.every((wanted) => valueFit(type, wanted) === 'none') ? `an argument of type ${text}` : null),
  };
}

/** text or ascii. */
export const anyString: FunctionParameter = {
  ...fixed(nativeTypes.text, nativeTypes.ascii),
  text: '[text|varchar|ascii]',
};

/** Any type; that of the receiver, if `fromReceiver`, where the argument has none. */
export function anyType(fromReceiver: boolean): FunctionParameter {
  return {
    text: 'any',
    infer: (argument, receiver) => argument.compatibleType() ?? (fromReceiver ? receiver : undefined),
    refusal: () => null,
  };
}

/** The type of the argument at `index`: before its own, or where it has none. */
export function sameAs(index: number, preferOther: boolean, parameter: FunctionParameter): FunctionParameter {
  return {
    ...parameter,
    infer(argument, receiver, others) {
      const own = () => parameter.infer(argument, receiver, others);
      return preferOther ? (others?.[index] ?? own()) : (own() ?? others?.[index]);
    },
  };
}

/** A parameter that may be left out. */
export function optional(parameter: FunctionParameter): FunctionParameter {
  return { ...parameter, isOptional: true, text: `[${parameter.text}]` };
}

const isSetOrList = (type: CqlType): type is SetType | ListType => type instanceof SetType || type instanceof ListType;

/** A list, set or map. */
export const anyCollection: FunctionParameter = {
  text: 'collection',
  infer: ofItself,
  refusal: (type) => (isSetOrList(type) || type instanceof MapType ? null : 'a collection argument'),
};

/** A list or set. */
export const setOrList: FunctionParameter = {
  text: 'numeric_set_or_list',
  infer: ofItself,
  refusal: (type) => (isSetOrList(type) ? null : 'a set or list argument'),
};

/** A list or set of numbers. */
export const numericSetOrList: FunctionParameter = {
  text: 'numeric_set_or_list',
  infer: ofItself,
  refusal: (type) => (isSetOrList(type) && numberType(type.element) !== undefined ? null : 'a numeric set/list argument'),
};

/** A map. */
export const anyMap: FunctionParameter = {
  text: 'map',
  infer: ofItself,
  refusal: (type) => (type instanceof MapType ? null : 'a map argument'),
};

/** A vector of floats of any dimension. */
export const floatVector: FunctionParameter = {
  text: 'vector<float, n>',
  infer(argument, receiver) {
    if (argument.arraySize !== undefined && argument.arraySize > 0) return new VectorType(nativeTypes.float, argument.arraySize);
    return argument.compatibleType() ?? receiver;
  },
  refusal: (type) => (type instanceof VectorType && type.element === nativeTypes.float ? null : 'a float vector argument'),
};

import { type CqlType, InvalidRequestError, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../../terms/collection-bytes.ts';
import { type FunctionFactory, factory } from '../function-factory.ts';
import { anyString, anyType, fixed, optional, sameAs } from '../function-parameter.ts';
import { digestOf } from './digests.ts';
import { putMaskedValue } from './masked-value.ts';

const { int, text, blob } = nativeTypes;

/** Functions that show less than a value says. Cassandra: functions.masking. */
export function maskingFunctions(): FunctionFactory[] {
  return [
    factory('mask_null', [anyType(false)], ([type]) => ({
      name: 'mask_null',
      argumentTypes: [type],
      returnType: type,
      call: () => null,
    })),
    factory('mask_default', [anyType(false)], ([type]) => ({
      name: 'mask_default',
      argumentTypes: [type],
      returnType: type,
      call: () => bytesOf((out) => putMaskedValue(type, out)),
    })),
    factory('mask_replace', [anyType(true), sameAs(0, true, anyType(true))], ([type, replacement]) => ({
      name: 'mask_replace',
      argumentTypes: [type, replacement],
      returnType: replacement,
      call: (args) => args[1],
    })),
    factory('mask_hash', [anyType(false), optional(fixed(text))], (types) => ({
      name: 'mask_hash',
      argumentTypes: types.length === 1 ? types : [types[0], text],
      returnType: blob,
      checkConstants: ([, algorithm]) => void digestNamed(algorithm),
      call: ([value, algorithm]) => hashed(value, algorithm),
    })),
    partial('mask_inner', (at, begin, end) => at >= begin && at <= end),
    partial('mask_outer', (at, begin, end) => at < begin || at > end),
  ];
}

function hashed(value: Uint8Array | null, algorithm: Uint8Array | null | undefined): Uint8Array | null {
  // The algorithm is looked for first: an unknown one is refused even where there is nothing to hash.
  const digest = digestNamed(algorithm);
  return value === null ? null : digest(value);
}

function digestNamed(algorithm: Uint8Array | null | undefined): (value: Uint8Array) => Uint8Array {
  const name = algorithm ? (text.decode(algorithm, 0, algorithm.length) as string) : 'SHA-256';
  const digest = digestOf(name);
  if (digest === undefined) throw new InvalidRequestError(`Hash algorithm not found: ${name}`);
  return digest;
}

/** Characters are UTF-16 units, as Java's are: half a pair that is left over becomes a question mark. */
function partial(name: string, masks: (at: number, begin: number, end: number) => boolean): FunctionFactory {
  return factory(name, [anyString, fixed(int), fixed(int), optional(fixed(text))], ([type, ...others]) => ({
    name,
    argumentTypes: [type, int, int, ...(others.length === 3 ? [text] : [])],
    returnType: type,
    checkConstants([, , , padding]) {
      if (padding) paddingOf(name, decoded(text, padding) as string);
    },
    call([value, begin, end, padding]) {
      const character = padding ? paddingOf(name, decoded(text, padding) as string) : '*';
      if (value === null) return null;
      const shown = decoded(type, value) as string;
      const first = begin === null || begin.length === 0 ? 0 : (decoded(int, begin) as number);
      const last = shown.length - 1 - (end === null || end.length === 0 ? 0 : (decoded(int, end) as number));
      const masked = Array.from({ length: shown.length }, (_, i) => (masks(i, first, last) ? character : shown[i])).join('');
      return bytesOf((out) => text.encode(masked.replaceAll(/\p{Surrogate}/gu, '?'), out));
    },
  }));
}

function decoded(type: CqlType, bytes: Uint8Array): unknown {
  return type.decode(bytes, 0, bytes.length);
}

function paddingOf(name: string, given: string): string {
  if (given.length === 1) return given;
  throw new InvalidRequestError(
    `The padding argument for function system.${name} should be single-character, but '${given}' has ${given.length} characters.`,
  );
}

import type { NativeName, RandomType } from '../../arbitrary/random-type.ts';

/** Types whose values can be counted with. */
export const numbers: readonly NativeName[] = ['tinyint', 'smallint', 'int', 'bigint', 'varint', 'decimal', 'float', 'double'];

/** Whether values of a type can be counted with. */
export function isNumber(type: RandomType): type is RandomType & { kind: 'native' } {
  return type.kind === 'native' && numbers.includes(type.name);
}

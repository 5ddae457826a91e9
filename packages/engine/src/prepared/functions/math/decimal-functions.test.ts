import { Decimal } from '@cassette/cql';
import { expect, test } from 'vitest';
import { withScale } from './decimal-arithmetic.ts';
import { decimalExp } from './decimal-functions.ts';
import { FunctionFailure } from './function-failure.ts';

test.each([
  ['200', '7.2259737681257492581774770421893E+86'],
  ['300.25', '2.4941248615349212861016143149068E+130'],
  ['700', '1.0142320547350045094553295952313E+304'],
  ['-700', '9.8596765437597708567053729478495E-305'],
])('e^%s has 32 digits', (x, expected) => {
  expect(decimalExp(Decimal.parse(x)).toString()).toBe(expected);
});

test('a number that would be padded with millions of zeros is refused at once, but zero', () => {
  expect(() => withScale(Decimal.parse('1e200000000'), 0, 'halfUp')).toThrow(FunctionFailure);
  expect(withScale(Decimal.parse('0e200000000'), 0, 'halfUp')).toEqual(new Decimal(0n, 0));
  expect(withScale(Decimal.parse('1e-200000000'), 0, 'halfUp')).toEqual(new Decimal(0n, 0));
});

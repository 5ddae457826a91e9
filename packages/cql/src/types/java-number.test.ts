import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubleDigits, isShortestInJava } from './java-digits.ts';
import { printDouble, printFloat } from './java-number.ts';

// What Java 17 printed of these bits.

const doubles = {
  '3fb999999999999a': '0.1',
  '3fd5555555555555': '0.3333333333333333',
  '3f50624dd2f1a9fc': '0.001',
  '3f1a36e2eb1c432d': '1.0E-4',
  '416312cfe0000000': '9999999.0',
  '416312d000000000': '1.0E7',
  '8000000000000000': '-0.0',
  '0000000000000001': '4.9E-324',
  '000fffffffffffff': '2.225073858507201E-308',
  '0010000000000000': '2.2250738585072014E-308',
  '7fefffffffffffff': '1.7976931348623157E308',
  '7ff0000000000000': 'Infinity',
  fff0000000000000: '-Infinity',
  '7ff8000000000000': 'NaN',
  '4340000000000000': '9.007199254740992E15',
  '43f0000000000000': '1.8446744073709552E19',
  // Not the nearest, or more digits than it takes to tell the number from its neighbours.
  '44c52d02c7e14af6': '1.9999999999999998E23',
  '44b52d02c7e14af6': '9.999999999999999E22',
  '43678d40a6e40e46': '5.3033866253857328E16',
  c393bdad4c8d70de: '-3.5562090040526221E17',
  '43c6a50a6ae41003': '3.2634437884014771E18',
  '3e70000000000000': '5.9604644775390625E-8',
  '1450000000000000': '7.604366265180639E-211',
  '10c0000000000000': '5.2765890720539716E-228',
  '7ce0000000000000': '3.1933444952555517E293',
};

const floats = {
  '3dcccccd': '0.1',
  '3b03126f': '0.002',
  '00000001': '1.4E-45',
  '00000007': '9.8E-45',
  '7f7fffff': '3.4028235E38',
  '80000000': '-0.0',
  '7f800000': 'Infinity',
  '7fc00000': 'NaN',
  '4b800000': '1.6777216E7',
  '4c000000': '3.3554432E7',
  '501502f9': '1.0E10',
  cf9502f9: '-5.0E9',
  '63e3f419': '8.41E21',
  '00800000': '1.17549435E-38',
  '4fca5b97': '6.7900001E9',
  '4da9780d': '3.55402144E8',
  d1d6b47c: '-1.15268878E11',
  '57f604b0': '5.40999986E14',
};

test('doubles are printed as Java 11 and 17 print them', () => {
  const printed = Object.keys(doubles).map((hex) => [hex, printDouble(Buffer.from(hex, 'hex').readDoubleBE())]);
  expect(Object.fromEntries(printed)).toEqual(doubles);
});

test('floats are printed as Java 11 and 17 print them', () => {
  const printed = Object.keys(floats).map((hex) => [hex, printFloat(Buffer.from(hex, 'hex').readFloatBE())]);
  expect(Object.fromEntries(printed)).toEqual(floats);
});

test('what is printed is read back', () => {
  for (let i = -1074; i < 1024; i++) {
    for (const value of [2 ** i, 2 ** i * 1.1, -(2 ** i) * (2 - 2 ** -52)]) expect(Number(printDouble(value))).toBe(value);
  }
  for (let i = -149; i < 128; i++) {
    for (const value of [2 ** i, 2 ** i * 1.1].map(Math.fround)) expect(Math.fround(Number(printFloat(value)))).toBe(value);
  }
});

test('where the digits are said to be those that JavaScript finds, they are those of the algorithm', () => {
  const inRange = fc.double({ min: 0.001, max: 1e7, maxExcluded: true, noNaN: true });
  const decimal = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(10)).map(([n, scale]) => n / 10 ** scale);
  const sum = fc.tuple(fc.nat(100_000), fc.nat(100_000)).map(([a, b]) => a / 100 - b / 1000);
  const binary = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(40)).map(([n, power]) => n / 2 ** power);
  let count = 0;
  fc.assert(
    fc.property(fc.oneof(inRange, decimal, sum, binary), fc.integer({ min: -3, max: 3 }), (value, ulps) => {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, value);
      bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(ulps));
      const near = bits.getFloat64(0);
      if (!isShortestInJava(near)) return;
      count++;
      const { digits, exponent } = doubleDigits(near);
      const shortest = String(Math.abs(near)).replace('.', '').replace(/^0+/, '');
      expect(digits).toBe(Number.isInteger(near) ? shortest.replace(/0+$/, '') : shortest);
      expect(exponent).toBe(Math.floor(Number(near.toExponential().split('e')[1])));
    }),
    { numRuns: 5000 },
  );
  expect(count).toBeGreaterThan(1000);
});

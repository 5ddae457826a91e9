import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOneJson } from './json-value.ts';

test('a string is read whatever its characters: of controls those below the blank alone need a backslash', () => {
  const unit = fc.constantFrom(...'a"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080\u009f\u00a0é€\uffff😀');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
      expect(parseOneJson(JSON.stringify(text))).toBe(text);
    }),
  );
  expect(() => parseOneJson('"a\u001f"')).toThrow('a control character must be escaped at character 3');
});

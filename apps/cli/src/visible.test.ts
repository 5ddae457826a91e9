import { expect, test } from 'vitest';
import { visible } from './visible.ts';

test('what a terminal would obey is written out, and JSON is the same JSON', () => {
  const hostile = 'a\u001b[31m\u009b31m\u0007\r\u007f\u202etxt.exe';
  expect(visible(hostile)).toBe('a\\u001b[31m\\u009b31m\\u0007\\u000d\\u007f\\u202etxt.exe');
  expect(JSON.parse(visible(JSON.stringify({ hostile })))).toEqual({ hostile });
});

test('all else stays as it is: lines, tabs, any script', () => {
  const text = 'naïve\t日本語 😀\n{"a": "\\u001b"}\n';
  expect(visible(text)).toBe(text);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { linesBefore, textChunks } from './text-chunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'cassette-chunks-'));
const file = join(folder, 'lines');

afterAll(() => rmSync(folder, { recursive: true }));

const read = (from: number, to: number | null) =>
  Array.from(textChunks({ file, from, to, before: 0 }), ({ text }) => text).join('');

test('each line is in one part, wherever a file is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'ü', '\r', '😀', ' ') }), { maxLength: 12 }),
      fc.boolean(),
      fc.array(fc.nat(120), { maxLength: 4 }),
      (lines, ends, cuts) => {
        const text = lines.join('\n') + (ends ? '\n' : '');
        writeFileSync(file, text);
        const at = [0, ...cuts.sort((a, b) => a - b)];
        const parts = at.map((from, i) => read(from, at[i + 1] ?? null));
        expect(parts.join('')).toBe(text);
        // What a part begins with is the line that the count of those before it says.
        parts.forEach((part, i) => {
          if (part === '' || at[i] === 0) return;
          const before = linesBefore(file, at[i] - 1) + 1;
          expect(text.split('\n').slice(before).join('\n').startsWith(part)).toBe(true);
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('lines that are longer than what is read at a time come whole, and a byte order mark is left out', () => {
  const long = 'x'.repeat(3_000_000);
  writeFileSync(file, `\ufeffa\n${long}\nb\n`);
  expect(read(0, null)).toBe(`a\n${long}\nb\n`);
  expect(read(5, 6)).toBe(`${long}\n`);
  expect(read(7, null)).toBe('b\n');
});

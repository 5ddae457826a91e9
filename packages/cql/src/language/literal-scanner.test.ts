import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenize } from './lexer.ts';
import { LiteralScanner } from './literal-scanner.ts';
import { parseTerm } from './parse.ts';

const piece = fc.oneof(
  fc.constantFrom("'it''s'", "''", "''''", '$$a $ b$$', '$$$$', '0x', '0xCAFe', '0Xf', '1..2', '1.', '-1.5e-3', '1e', '-', '--1'),
  fc.constantFrom(
    'true',
    'False',
    'NULL',
    'nan',
    'NaN',
    '-NaN',
    'Infinity',
    '1d',
    '5u',
    '1AND',
    'P1D',
    'nullable',
    'true_',
    '12e3f',
  ),
  fc.constantFrom(' ', ',', ')', ';', "'", '$$', '.', '\n', '\t', '/*', '--', 'x', 'é', '?', '=', ''),
  fc.uuid(),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.stringMatching(/^[0-9a-f]{0,9}-?[0-9a-f]{0,5}$/),
);

test('what it takes is the first token of the lexer and the constant of the parser', () => {
  const scanner = new LiteralScanner();
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 4 }).map((all) => all.join('')),
      (text) => {
        if (!scanner.scan(text, 0)) return;
        taken++;
        const [{ type, text: word, start, end }] = tokenize(text);
        const { kind, to } = scanner;
        expect({ type: type === 'word' ? word.toLowerCase() : type, start, end }).toEqual({ type: kind, start: 0, end: to });
        if (kind === 'null' || (kind === 'float' && !Number.isFinite(Number(text.slice(0, to))))) return;
        expect(scanner.literal(text)).toEqual(parseTerm(text.slice(0, to)));
        if (!Number.isNaN(scanner.whole)) expect(scanner.whole).toBe(Number(text.slice(0, to)));
      },
    ),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(500);
});

test('it tells the kind and the extent of each constant, wherever it stands', () => {
  const scanner = new LiteralScanner();
  const found = (text: string) =>
    scanner.scan(`(${text})`, 1) ? [scanner.kind, scanner.to - scanner.from, scanner.valueTo - scanner.valueFrom] : null;
  expect(
    ["'it''s'", '$$x$$', '-42', '1.5e3', '0xCAFE', 'TRUE', 'null', 'NaN', 'infinity', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'].map(
      found,
    ),
  ).toEqual([
    ['string', 7, 5],
    ['string', 5, 1],
    ['integer', 3, 3],
    ['float', 5, 5],
    ['blob', 6, 6],
    ['boolean', 4, 4],
    ['null', 4, 4],
    ['float', 3, 3],
    ['float', 8, 8],
    ['uuid', 36, 36],
  ]);
  expect(['1d', 'P1D', '-NaN', 'now()', "'open", '$$open', '1..2', '-', '', '?', '1e', '-0x1'].map(found)).toEqual(
    Array(12).fill(null),
  );
});

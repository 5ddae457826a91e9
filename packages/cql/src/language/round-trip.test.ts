import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseStatement,
  parseStatements,
  parseTerm,
  parseType,
  printStatement,
  printTerm,
  printType,
  quoteIdentifier,
  type Statement,
} from './index.ts';
import { statementText, termText, typeText } from './testing/grammar.ts';
import { withoutPositions } from './testing/trees.ts';

test('printing a statement and parsing it again gives the same tree', () => {
  fc.assert(
    fc.property(statementText, (text) => {
      const tree = parseStatement(text);
      const printed = printStatement(tree);
      expect(withoutPositions(parseStatement(printed))).toEqual(withoutPositions(tree));
      expect(printStatement(parseStatement(printed))).toBe(printed);
    }),
    { numRuns: 2000 },
  );
});

test('statements of every kind are among those', () => {
  const kinds: Record<Statement['kind'], true> = {
    select: true,
    insert: true,
    insertJson: true,
    update: true,
    delete: true,
    batch: true,
    truncate: true,
    use: true,
    createKeyspace: true,
    alterKeyspace: true,
    dropKeyspace: true,
    createTable: true,
    alterTable: true,
    dropTable: true,
    createType: true,
    alterType: true,
    dropType: true,
    createIndex: true,
    dropIndex: true,
    describe: true,
    unsupported: true,
  };
  const made = new Set(fc.sample(statementText, { numRuns: 3000, seed: 7 }).map((text) => parseStatement(text).kind));
  expect([...made].sort()).toEqual(Object.keys(kinds).sort());
});

test('printing a term and parsing it again gives the same tree', () => {
  fc.assert(
    fc.property(termText, (text) => {
      const tree = parseTerm(text);
      expect(withoutPositions(parseTerm(printTerm(tree)))).toEqual(withoutPositions(tree));
    }),
    { numRuns: 1000 },
  );
});

test('printing a type and parsing it again gives the same tree', () => {
  fc.assert(
    fc.property(typeText, (text) => {
      const tree = parseType(text);
      expect(withoutPositions(parseType(printType(tree)))).toEqual(withoutPositions(tree));
    }),
    { numRuns: 1000 },
  );
});

test('a script of statements gives the statements one by one', () => {
  fc.assert(
    fc.property(fc.array(statementText, { maxLength: 4 }), (texts) => {
      const script = texts.join(';\n-- comment; with a semicolon\n;');
      const parsed = parseStatements(script);
      expect(parsed.map(({ statement }) => withoutPositions(statement))).toEqual(
        texts.map((text) => withoutPositions(parseStatement(text))),
      );
      expect(parsed.map(({ start, end }) => withoutPositions(parseStatement(script.slice(start, end))))).toEqual(
        parsed.map(({ statement }) => withoutPositions(statement)),
      );
    }),
    { numRuns: 300 },
  );
});

test('any name survives being quoted', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      expect(parseStatement(`USE ${quoteIdentifier(name)}`)).toMatchObject({ keyspace: { name } });
    }),
  );
});

test('any text is either parsed or refused with a syntax error', () => {
  const noise = fc.array(fc.oneof(statementText, fc.string(), fc.constantFrom("'", '"', '$$', '/*', '(', '{', '<', ';')), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(noise, fc.nat(), (parts, cut) => {
      const text = parts.join(' ');
      try {
        parseStatements(text.slice(0, cut % (text.length + 1)));
      } catch (error) {
        expect(error).toMatchObject({ code: 'SYNTAX_ERROR' });
      }
    }),
    { numRuns: 1000 },
  );
});

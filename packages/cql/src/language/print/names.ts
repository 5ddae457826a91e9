import type { Identifier, QualifiedName } from '../ast/index.ts';
import { isFunctionWord, isTypeNameWord, keywordOf, RESERVED_WORDS } from '../tokens.ts';

const PLAIN_NAME = /^[a-z][a-z0-9_]*$/;

/**
 * A name as CQL must write it: in quotes only where it isn't `[a-z][a-z0-9_]*` or is a reserved word (Cassandra: ColumnIdentifier.maybeQuote).
 */
export function quoteIdentifier(name: string): string {
  return PLAIN_NAME.test(name) && !RESERVED_WORDS.has(name.toUpperCase()) ? name : quote(name);
}

/** A string as CQL writes it: single quotes, doubled inside. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The name of a column, keyspace, field, … */
export function printName(identifier: Identifier): string {
  return quoteIdentifier(identifier.name);
}

/** The name of a table or index. */
export function printQualifiedName(name: QualifiedName): string {
  return qualified(name, quoteIdentifier(name.name));
}

/** The name of a user type: also words that CQL keeps for native or future types need quotes there. */
export function printUserTypeName(name: QualifiedName): string {
  const word = keywordOf(name.name);
  const kept = word === undefined ? FUTURE_TYPES.has(name.name) : !isTypeNameWord(word);
  return qualified(name, kept ? quote(name.name) : quoteIdentifier(name.name));
}

/** The name of a function: `token` and `count` go without quotes, words with a syntax of their own don't. */
export function printFunctionName(name: QualifiedName): string {
  const word = keywordOf(name.name);
  const plain = PLAIN_NAME.test(name.name) && (word === undefined ? name.name !== 'expr' : isFunctionWord(word));
  return qualified(name, plain ? name.name : quote(name.name));
}

const FUTURE_TYPES: ReadonlySet<string> = new Set(['byte', 'complex', 'enum', 'interval', 'macaddr', 'bitstring']);

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function qualified(name: QualifiedName, printed: string): string {
  return name.keyspace === null ? printed : `${quoteIdentifier(name.keyspace)}.${printed}`;
}

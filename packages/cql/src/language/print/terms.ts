import { assertNever } from '@cassette/bytes';
import type { BindMarker, IntegerTerm, Literal, NullTerm, Term, TypeNode } from '../ast/index.ts';
import { printFunctionName, printName, printUserTypeName, quoteIdentifier, quoteString } from './names.ts';

/** A type as CQL writes it; {@link parseType} gives the same node again, but for positions. */
export function printType(type: TypeNode): string {
  switch (type.kind) {
    case 'native':
      return type.name;
    case 'list':
    case 'set':
      return `${type.kind}<${printType(type.element)}>`;
    case 'map':
      return `map<${printType(type.key)}, ${printType(type.value)}>`;
    case 'tuple':
      return `tuple<${type.elements.map(printType).join(', ')}>`;
    case 'vector':
      return `vector<${printType(type.element)}, ${type.dimension}>`;
    case 'frozen':
      return `frozen<${printType(type.inner)}>`;
    case 'userType':
      return printUserTypeName(type.name);
    case 'custom':
      return quoteString(type.className);
    default:
      return assertNever(type, 'type');
  }
}

/**
 * A term as CQL writes it; {@link parseTerm} gives the same node again, but for positions and the numbers of bind markers. As the parser
 * keeps parentheses as tuples of one, a tree built by hand must do so too where precedence needs them.
 */
export function printTerm(term: Term): string {
  switch (term.kind) {
    case 'list':
      return `[${printTerms(term.elements)}]`;
    case 'set':
      return `{${printTerms(term.elements)}}`;
    case 'map':
      return `{${term.entries.map(({ key, value }) => `${printTerm(key)}: ${printTerm(value)}`).join(', ')}}`;
    case 'udt':
      return `{${term.fields.map(({ name, value }) => `${printName(name)}: ${printTerm(value)}`).join(', ')}}`;
    case 'tuple':
      return `(${printTerms(term.elements)})`;
    case 'function':
      return `${printFunctionName(term.name)}(${printTerms(term.args)})`;
    case 'cast':
      return `CAST(${printTerm(term.operand)} AS ${printType(term.type)})`;
    case 'typeHint':
      return `(${printType(term.type)}) ${printTerm(term.operand)}`;
    case 'binary':
      return `${printTerm(term.left)} ${term.operator} ${printTerm(term.right)}`;
    case 'negate':
      return printNegation(printTerm(term.operand));
    default:
      return printConstant(term);
  }
}

/** `a, b` */
export function printTerms(terms: readonly Term[]): string {
  return terms.map(printTerm).join(', ');
}

/** Constants, null and bind markers, which terms and selectors share. */
export function printConstant(node: Literal | NullTerm | BindMarker): string {
  switch (node.kind) {
    case 'string':
      return quoteString(node.value);
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'marker':
      return node.name === null ? '?' : `:${quoteIdentifier(node.name)}`;
    default:
      return node.text;
  }
}

/** A number or marker of LIMIT, TTL or TIMESTAMP. */
export function printIntegerTerm(term: IntegerTerm): string {
  return printConstant(term);
}

/** The space keeps the minus from becoming part of a number, or of a comment. */
export function printNegation(operand: string): string {
  return `- ${operand}`;
}

import { printFunctionName, printName, printTerm, printType, type Term, type TypeNode } from '@cassette/cql';
import { operatorNames } from '../../prepared/functions/index.ts';

/** A term as names of result columns have it: operators are functions there. Cassandra: Term.Raw#getText. */
export function textOf(term: Term): string {
  const all = (terms: readonly Term[]) => terms.map(textOf).join(', ');
  switch (term.kind) {
    case 'null':
      return 'NULL';
    case 'marker':
      return '?';
    case 'binary':
      return `system."${operatorNames[term.operator]}"(${textOf(term.left)}, ${textOf(term.right)})`;
    case 'negate':
      return `system."_negate"(${textOf(term.operand)})`;
    case 'cast':
      return `system.cast_as_${term.type.name}(${textOf(term.operand)})`;
    case 'typeHint':
      return `(${rawText(term.type)})${textOf(term.operand)}`;
    case 'list':
      return `[${all(term.elements)}]`;
    case 'set':
      return `{${all(term.elements)}}`;
    case 'tuple':
      return `(${all(term.elements)})`;
    case 'map':
      return `{${term.entries.map(({ key, value }) => `${textOf(key)}: ${textOf(value)}`).join(', ')}}`;
    case 'udt':
      return `{${term.fields.map(({ name, value }) => `${printName(name)}: ${textOf(value)}`).join(', ')}}`;
    case 'function':
      return `${printFunctionName(term.name)}(${all(term.args)})`;
    default:
      return printTerm(term);
  }
}

/** A type as names of result columns have it: user types with their keyspace. */
export function typeText(node: TypeNode, keyspace: string): string {
  return rawText(qualified(node, keyspace));
}

/**
 * As it is written, but that tuples and vectors, which can't be otherwise, are not said to be frozen, and that what is in something
 * frozen, or in a tuple, is. Cassandra: CQL3Type.Raw#freeze and #toString.
 */
function rawText(node: TypeNode, isFrozen = false): string {
  const wrapped = (text: string) => (isFrozen ? `frozen<${text}>` : text);
  switch (node.kind) {
    case 'frozen':
      return rawText(node.inner, true);
    case 'list':
    case 'set':
      return wrapped(`${node.kind}<${rawText(node.element, isFrozen)}>`);
    case 'map':
      return wrapped(`map<${rawText(node.key, isFrozen)}, ${rawText(node.value, isFrozen)}>`);
    case 'userType':
      return wrapped(node.name.keyspace === null ? node.name.name : `${node.name.keyspace}.${node.name.name}`);
    case 'tuple':
      return `tuple<${node.elements.map((element) => rawText(element, true)).join(', ')}>`;
    case 'vector':
      return `vector<${rawText(node.element)}, ${node.dimension}>`;
    default:
      return printType(node);
  }
}

function qualified(node: TypeNode, keyspace: string): TypeNode {
  switch (node.kind) {
    case 'userType':
      return { ...node, name: { ...node.name, keyspace: node.name.keyspace ?? keyspace } };
    case 'list':
    case 'set':
    case 'vector':
      return { ...node, element: qualified(node.element, keyspace) };
    case 'map':
      return { ...node, key: qualified(node.key, keyspace), value: qualified(node.value, keyspace) };
    case 'tuple':
      return { ...node, elements: node.elements.map((element) => qualified(element, keyspace)) };
    case 'frozen':
      return { ...node, inner: qualified(node.inner, keyspace) };
    default:
      return node;
  }
}

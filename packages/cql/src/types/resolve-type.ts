import { ConfigurationError, CqlSyntaxError, InvalidRequestError, pointedAt, StatementError } from '../errors.ts';
import type { QualifiedName, TypeNode } from '../language/ast/index.ts';
import type { CqlType } from './cql-type.ts';
import { unknownClass } from './known-classes.ts';
import { ListType, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { parseMarshalType } from './marshal-name.ts';
import { nativeTypes } from './native-types.ts';
import { TupleType, UserType } from './tuple-type.ts';
import { VectorType } from './vector-type.ts';

/** Finds a user type by the name that a statement gives it; undefined where there is none. It is returned not frozen. */
export type UserTypeLookup = (name: QualifiedName) => UserType | undefined;

/**
 * The type that a statement writes: `frozen<list<int>>`, `text`, `my_type`, … A collection or user type inside a collection must be
 * frozen; tuples freeze what is in them. Throws InvalidRequestError for types that can't be and, in Cassandra's words, CqlSyntaxError for
 * classes that it does not have. They point at the type in `source`, the text of the statement; without it the latter is a
 * ConfigurationError. Cassandra: CQL3Type.Raw#prepare.
 */
export function resolveType(node: TypeNode, lookupUserType: UserTypeLookup, source?: string): CqlType {
  try {
    return resolved(node, lookupUserType, source);
  } catch (error) {
    throw pointedAt(error, source === undefined ? undefined : { source, position: node.pos });
  }
}

function resolved(node: TypeNode, lookupUserType: UserTypeLookup, source: string | undefined): CqlType {
  switch (node.kind) {
    case 'native':
      return nativeTypes[node.name];
    case 'frozen':
      return frozenType(node.inner, lookupUserType, source);
    case 'list': {
      const element = resolveType(node.element, lookupUserType, source);
      checkElement(element, `list<${element}>`);
      return new ListType(element, false);
    }
    case 'set': {
      const element = resolveType(node.element, lookupUserType, source);
      checkElement(element, `set<${element}>`);
      refuseDuration(element, `Durations are not allowed inside sets: set<${element}>`);
      return new SetType(element, false);
    }
    case 'map': {
      const key = resolveType(node.key, lookupUserType, source);
      const value = resolveType(node.value, lookupUserType, source);
      const name = `map<${key}, ${value}>`;
      checkElement(value, name);
      checkElement(key, name);
      refuseDuration(key, `Durations are not allowed as map keys: ${name}`);
      return new MapType(key, value, false);
    }
    case 'tuple': {
      const elements = node.elements.map((element) => insideFrozen(element, lookupUserType, source));
      if (elements.includes(nativeTypes.counter)) throw new InvalidRequestError('Counters are not allowed inside tuples');
      return new TupleType(elements);
    }
    case 'vector': {
      // Not frozen by the vector: its name in files says what was written.
      const element = resolveType(node.element, lookupUserType, source);
      if (element === nativeTypes.counter) throw new InvalidRequestError('Counters are not allowed inside vectors');
      return new VectorType(element, node.dimension);
    }
    case 'userType': {
      const type = lookupUserType(node.name);
      if (type === undefined) {
        throw new InvalidRequestError(
          `Unknown type ${node.name.keyspace === null ? '' : `${node.name.keyspace}.`}${node.name.name}`,
        );
      }
      return type;
    }
    case 'custom': {
      try {
        return classOf(node.className);
      } catch (error) {
        // Cassandra looks for the class while it reads the text of a statement.
        if (source === undefined || !(error instanceof StatementError)) throw error;
        throw new CqlSyntaxError(`Error setting type ${node.className}: ${error.reason}`, source, node.pos);
      }
    }
  }
}

/** The type of a class's name; text that begins with no name is that of bytes. Cassandra: TypeParser#parse. */
function classOf(className: string): CqlType {
  if (!/^[ \t\n]*[\w.+&-]/.test(className)) return nativeTypes.blob;
  const type = parseMarshalType(className);
  const unknown = unknownClass(type);
  if (unknown !== null) throw new ConfigurationError(`Unable to find abstract-type class '${unknown}'`);
  return type;
}

/** What stands in `frozen<…>`: there collections need no frozen of their own. */
function frozenType(node: TypeNode, lookup: UserTypeLookup, source: string | undefined): CqlType {
  if (node.kind === 'native' || node.kind === 'custom') {
    throw new InvalidRequestError(
      `frozen<> is only allowed on collections, tuples, and user-defined types (got ${node.kind === 'native' ? node.name : node.className})`,
    );
  }
  return insideFrozen(node, lookup, source).freeze();
}

/** A type whose surroundings are frozen: nested collections are taken as frozen, the other rules hold. */
function insideFrozen(node: TypeNode, lookup: UserTypeLookup, source: string | undefined): CqlType {
  return resolveType(froze(node), lookup, source).freeze();
}

/** The node with everything that can be frozen said to be so. */
function froze(node: TypeNode): TypeNode {
  const inner = (child: TypeNode): TypeNode =>
    child.kind === 'list' || child.kind === 'set' || child.kind === 'map' || child.kind === 'userType'
      ? { kind: 'frozen', inner: child, pos: child.pos }
      : child;
  if (node.kind === 'list' || node.kind === 'set') return { ...node, element: inner(node.element) };
  if (node.kind === 'map') return { ...node, key: inner(node.key), value: inner(node.value) };
  return node;
}

function checkElement(element: CqlType, name: string): void {
  if (element.isMultiCell) {
    const what = element instanceof UserType ? 'UDTs' : 'collections';
    throw new InvalidRequestError(`Non-frozen ${what} are not allowed inside collections: ${name}`);
  }
  if (element === nativeTypes.counter) throw new InvalidRequestError(`Counters are not allowed inside collections: ${name}`);
}

function refuseDuration(element: CqlType, message: string): void {
  if (element === nativeTypes.duration) throw new InvalidRequestError(message);
}

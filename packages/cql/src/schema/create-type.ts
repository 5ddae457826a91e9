import { InvalidRequestError } from '../errors.ts';
import type { CreateTypeStatement, TypeNode } from '../language/ast/index.ts';
import type { CqlType } from '../types/cql-type.ts';
import { nativeTypes } from '../types/native-types.ts';
import { UserType } from '../types/tuple-type.ts';
import { columnType } from './create-table.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';

/**
 * The user type that a CREATE TYPE makes, not frozen; whether there is one of that name already is for the caller to ask. `source` is
 * the text of the statement. Throws InvalidRequestError, in Cassandra's words. Cassandra: CreateTypeStatement.
 */
export function createUserType(statement: CreateTypeStatement, keyspace: KeyspaceMetadata, source: string): UserType {
  const name = statement.name.name;
  const seen = new Set<string>();
  for (const field of statement.fields) {
    if (seen.has(field.name.name)) {
      throw new InvalidRequestError(`Duplicate field name '${field.name.name}' in type '${name}'`, {
        source,
        position: field.name.pos,
      });
    }
    seen.add(field.name.name);
  }
  const fields = statement.fields.map((field) => ({ name: field.name.name, type: fieldType(field.type, keyspace, source) }));
  return new UserType(keyspace.name, name, fields, false);
}

/** The type of a field as CREATE TYPE and ALTER TYPE write it. Throws InvalidRequestError. */
export function fieldType(node: TypeNode, keyspace: KeyspaceMetadata, source: string): CqlType {
  const type = columnType(node, keyspace, source);
  const where = { source, position: node.pos };
  if (type === nativeTypes.counter) throw new InvalidRequestError('A user type cannot contain counters', where);
  if (type instanceof UserType && type.isMultiCell) {
    throw new InvalidRequestError('A user type cannot contain non-frozen UDTs', where);
  }
  return type;
}

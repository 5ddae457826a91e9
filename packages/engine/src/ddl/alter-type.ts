import {
  type AlterTypeStatement,
  fieldType,
  InvalidRequestError,
  type KeyspaceMetadata,
  referencesUserType,
  type Schema,
  UserType,
} from '@cassette/cql';
import { keyspaceNameOf, type SchemaChangeContext } from './schema-change.ts';

/** The schema after an ALTER TYPE: the type changes in every column that uses it. Cassandra: statements.schema.AlterTypeStatement. */
export function alterType(schema: Schema, statement: AlterTypeStatement, context: SchemaChangeContext): Schema {
  const keyspaceName = keyspaceNameOf(statement.name, context);
  const keyspace = schema.keyspace(keyspaceName);
  const type = keyspace?.type(statement.name.name);
  if (keyspace === undefined || type === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(`Type '${keyspaceName}.${statement.name.name}' doesn't exist`);
  }
  const altered = alter(keyspace, type, statement);
  return altered === type ? schema : schema.withKeyspace(keyspace.withType(altered));
}

function alter(keyspace: KeyspaceMetadata, type: UserType, { action }: AlterTypeStatement): UserType {
  switch (action.kind) {
    case 'alterFieldType':
      throw new InvalidRequestError('Altering field types is no longer supported');
    case 'addField': {
      const { name } = action.field.name;
      const added = fieldType(action.field.type, keyspace);
      if (type.fieldPosition(name) >= 0) {
        if (action.ifNotExists) return type;
        throw new InvalidRequestError(`Cannot add field ${name} to type ${type.name}: a field with name ${name} already exists`);
      }
      if (referencesUserType(added, type.name)) {
        throw new InvalidRequestError(
          `Cannot add new field ${name} of type ${added.cqlName()} to user type ${type.name} as it would create a circular reference`,
        );
      }
      const tables = [...keyspace.tables.values()].filter((table) =>
        table.partitionKey.some((column) => referencesUserType(column.type, type.name)),
      );
      if (tables.length > 0) {
        throw new InvalidRequestError(
          `Cannot add new field ${name} of type ${added.cqlName()} to user type ${type.name} as the type is being used in partition key by the following tables: ${tables.join(', ')}`,
        );
      }
      return new UserType(type.keyspace, type.name, [...type.fields, { name, type: added }], type.frozen);
    }
    case 'renameFields': {
      const names = type.fields.map((field) => field.name);
      for (const { from, to } of action.renames) {
        const index = type.fieldPosition(from.name);
        if (index >= 0) names[index] = to.name;
        else if (!action.ifExists) throw new InvalidRequestError(`Unknown field ${from.name} in user type ${type.name}`);
      }
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) throw new InvalidRequestError(`Duplicate field name ${twice} in type ${type.name}`);
      return new UserType(
        type.keyspace,
        type.name,
        type.fields.map((field, i) => ({ name: names[i], type: field.type })),
        type.frozen,
      );
    }
  }
}

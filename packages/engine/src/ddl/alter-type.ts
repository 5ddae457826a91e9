import {
  type AlterTypeStatement,
  fieldType,
  InvalidRequestError,
  type KeyspaceMetadata,
  referencesUserType,
  type Schema,
  UserType,
} from '@cassette/cql';
import { keyspaceNameOf, placeOf, type SchemaChangeContext } from './schema-change.ts';

/** The schema after an ALTER TYPE: the type changes in every column that uses it. Cassandra: statements.schema.AlterTypeStatement. */
export function alterType(schema: Schema, statement: AlterTypeStatement, context: SchemaChangeContext): Schema {
  const keyspaceName = keyspaceNameOf(statement.name, context);
  const keyspace = schema.keyspace(keyspaceName);
  const type = keyspace?.type(statement.name.name);
  if (keyspace === undefined || type === undefined) {
    if (statement.ifExists) return schema;
    throw new InvalidRequestError(
      `Type '${keyspaceName}.${statement.name.name}' doesn't exist`,
      placeOf(context, statement.name),
    );
  }
  const altered = alter(keyspace, type, statement, context);
  return altered === type ? schema : schema.withKeyspace(keyspace.withType(altered));
}

function alter(
  keyspace: KeyspaceMetadata,
  type: UserType,
  { action }: AlterTypeStatement,
  context: SchemaChangeContext,
): UserType {
  switch (action.kind) {
    case 'alterFieldType':
      throw new InvalidRequestError('Altering field types is no longer supported', placeOf(context, action.field));
    case 'addField': {
      const { name } = action.field.name;
      const added = fieldType(action.field.type, keyspace, context.source);
      const where = placeOf(context, action.field.name);
      if (type.fieldPosition(name) >= 0) {
        if (action.ifNotExists) return type;
        throw new InvalidRequestError(
          `Cannot add field ${name} to type ${type.name}: a field with name ${name} already exists`,
          where,
        );
      }
      if (referencesUserType(added, type.name)) {
        throw new InvalidRequestError(
          `Cannot add new field ${name} of type ${added.cqlName()} to user type ${type.name} as it would create a circular reference`,
          where,
        );
      }
      const tables = [...keyspace.tables.values()].filter((table) =>
        table.partitionKey.some((column) => referencesUserType(column.type, type.name)),
      );
      if (tables.length > 0) {
        throw new InvalidRequestError(
          `Cannot add new field ${name} of type ${added.cqlName()} to user type ${type.name} as the type is being used in partition key by the following tables: ${tables.join(', ')}`,
          where,
        );
      }
      return new UserType(type.keyspace, type.name, [...type.fields, { name, type: added }], type.frozen);
    }
    case 'renameFields': {
      const names = type.fields.map((field) => field.name);
      for (const { from, to } of action.renames) {
        const index = type.fieldPosition(from.name);
        if (index >= 0) names[index] = to.name;
        else if (!action.ifExists)
          throw new InvalidRequestError(`Unknown field ${from.name} in user type ${type.name}`, placeOf(context, from));
      }
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) {
        const renamed = action.renames.find(({ to }) => to.name === twice)?.to ?? action.renames[0].from;
        throw new InvalidRequestError(`Duplicate field name ${twice} in type ${type.name}`, placeOf(context, renamed));
      }
      return new UserType(
        type.keyspace,
        type.name,
        type.fields.map((field, i) => ({ name: names[i], type: field.type })),
        type.frozen,
      );
    }
  }
}

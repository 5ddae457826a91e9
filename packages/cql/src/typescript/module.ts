import { quoteIdentifier } from '../language/print/names.ts';
import type { Schema } from '../schema/schema.ts';
import type { TableMetadata } from '../schema/table-metadata.ts';
import type { UserType } from '../types/tuple-type.ts';
import { printRow, printStatement, printUserType, printWrite, type StatementNames } from './declarations.ts';
import type { NamedStatement } from './named-statement.ts';
import { constantName, ModuleNames, quoteText, typeName } from './names.ts';
import { type TypeTextOptions, TypeTexts, type UserTypeNames } from './type-text.ts';

/** What a module is made of. */
export interface TypeScriptModule extends TypeTextOptions {
  readonly schema: Schema;
  readonly statements: readonly NamedStatement[];
  /** What the types of the client are imported from. */
  readonly importFrom: string;
  /** What it was made of, for its first line. */
  readonly madeFrom: readonly string[];
}

/**
 * A module of TypeScript with the types of a schema: for each table its rows (`ReadingsRow`), the values of an INSERT (`ReadingsInsert`) and the
 * INSERT itself (`insertReadings`), or of an UPDATE where they are counters (`HitsUpdate`, `updateHits`); for each user type its values in results and as parameters; for each statement (`findReadings`) its
 * parameters, its rows, and its text branded with both. Names that meet get the keyspace's before them, or a number. Statements must
 * have different names.
 */
export function printModule({ schema, statements, importFrom, madeFrom, ...options }: TypeScriptModule): string {
  const names = new ModuleNames();
  const keyspaces = [...schema.keyspaces.values()];
  // The author's own names first, then those of the schema, which do not change with a new statement.
  const constants = statements.map(({ name }) => names.take([constantName(name)]));
  const userTypes = new Map<string, UserTypeNames>();
  const texts = new TypeTexts((type) => userTypes.get(keyOf(type)) ?? { result: 'unknown', parameter: 'unknown' }, options);
  for (const keyspace of keyspaces) {
    for (const type of keyspace.types.values()) {
      const result = names.take(qualified(keyspace.name, type.name, ''));
      userTypes.set(keyOf(type), { result, parameter: names.take([`${result}Param`]) });
    }
  }
  const parts: string[] = [];
  for (const keyspace of keyspaces) {
    for (const type of keyspace.types.values()) {
      const own = userTypes.get(keyOf(type));
      if (own !== undefined) parts.push(printUserType(type, own, texts));
    }
    for (const table of keyspace.tables.values()) parts.push(...printTable(table, names, texts));
  }
  for (const [i, statement] of statements.entries()) {
    parts.push(printStatement(statement, statementNames(names, constants[i]), texts));
  }
  const code = parts.join('\n');
  const imports = [...texts.imports].sort();
  const head = `// Made by \`cassette types\` from ${madeFrom.join(', ')}: change those and make it again.\n`;
  if (parts.length === 0) return `${head}\nexport {};\n`;
  return `${head}\n${imports.length === 0 ? '' : `import type { ${imports.join(', ')} } from ${quoteText(importFrom)};\n\n`}${code}`;
}

function printTable(table: TableMetadata, names: ModuleNames, texts: TypeTexts): string[] {
  const row = printRow(table, names.take(qualified(table.keyspace, table.name, 'Row')), texts);
  // Whose counters were all dropped there is nothing to write to.
  if (table.isCounter && table.staticColumns.length + table.regularColumns.length === 0) return [row];
  const [verb, suffix] = table.isCounter ? ['update', 'Update'] : ['insert', 'Insert'];
  const values = names.take(qualified(table.keyspace, table.name, suffix));
  const constant = names.take(qualified(table.keyspace, table.name, '').map((name) => `${verb}${name}`));
  const source = table.isCounter ? updateOf(table) : insertOf(table);
  texts.imports.add('NoRow').add('TypedStatement');
  const doc = `${table.isCounter ? 'Counts in' : 'Writes'} a row of \`${table.keyspace}.${table.name}\`.`;
  return [
    row,
    printWrite(table, values, texts),
    `/** ${doc} */\nexport const ${constant} = ${quoteText(source)} as TypedStatement<${values}, NoRow>;\n`,
  ];
}

const tableName = ({ keyspace, name }: TableMetadata) => `${quoteIdentifier(keyspace)}.${quoteIdentifier(name)}`;

function insertOf(table: TableMetadata): string {
  const columns = table.columnsInSelectOrder.map(({ name }) => quoteIdentifier(name));
  return `INSERT INTO ${tableName(table)} (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})`;
}

function updateOf(table: TableMetadata): string {
  const counters = [...table.staticColumns, ...table.regularColumns].map(({ name }) => quoteIdentifier(name));
  // Static counters are the partition's: a clustering is refused where they are alone.
  const key = [...table.partitionKey, ...(table.regularColumns.length > 0 ? table.clustering : [])].map(({ name }) =>
    quoteIdentifier(name),
  );
  return `UPDATE ${tableName(table)} SET ${counters.map((name) => `${name} = ${name} + :${name}`).join(', ')} WHERE ${key.map((name) => `${name} = :${name}`).join(' AND ')}`;
}

function statementNames(names: ModuleNames, constant: string): StatementNames {
  const type = typeName(constant);
  return { constant, params: names.take([`${type}Params`]), row: names.take([`${type}Row`, `${type}ResultRow`]) };
}

function qualified(keyspace: string, name: string, suffix: string): string[] {
  return [`${typeName(name)}${suffix}`, `${typeName(keyspace)}${typeName(name)}${suffix}`];
}

function keyOf({ keyspace, name }: UserType): string {
  return JSON.stringify([keyspace, name]);
}

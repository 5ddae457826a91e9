import type { ColumnMetadata } from '../schema/column-metadata.ts';
import type { TableMetadata } from '../schema/table-metadata.ts';
import type { CqlType } from '../types/cql-type.ts';
import type { UserType } from '../types/tuple-type.ts';
import type { DescribedColumn, DescribedParameter, NamedStatement } from './named-statement.ts';
import { labelName, propertyName, quoteText } from './names.ts';
import { orNull, type TypeTexts, type UserTypeNames } from './type-text.ts';

/** A comment above a declaration, that nothing in it can end. */
export function docComment(lines: readonly string[], indent = ''): string {
  const safe = lines.map((line) => line.replaceAll('*/', '* /').trimEnd());
  if (safe[0] === '') safe.shift();
  else if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return `${indent}/**\n${safe.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

interface Property {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
  readonly doc?: string;
}

function printInterface(name: string, doc: readonly string[], properties: readonly Property[]): string {
  const lines = properties.map(
    ({ name: property, type, optional = false, doc: why }) =>
      `${why === undefined ? '' : docComment([why], '  ')}  readonly ${propertyName(property)}${optional ? '?' : ''}: ${type};\n`,
  );
  return `${docComment(doc)}export interface ${name} {\n${lines.join('')}}\n`;
}

/** The two interfaces of a user type: fields may be null, and given as a parameter left out. */
export function printUserType(type: UserType, names: UserTypeNames, texts: TypeTexts): string {
  const what = `the user type \`${type.keyspace}.${type.name}\``;
  const results = type.fields.map((field) => ({ name: field.name, type: orNull(texts.result(field.type)) }));
  const parameters = type.fields.map((field) => ({
    name: field.name,
    type: `${orNull(texts.parameter(field.type))} | undefined`,
    optional: true,
  }));
  return `${printInterface(names.result, [`A value of ${what}.`], results)}\n${printInterface(names.parameter, [`A value of ${what}, as a parameter: fields that are left out are null.`], parameters)}`;
}

/** Whether a row always has it: of a partition with nothing but static columns the clustering columns are null. */
export function isAlwaysThere(column: ColumnMetadata, table: TableMetadata): boolean {
  return column.kind === 'partition_key' || (column.kind === 'clustering' && table.staticColumns.length === 0);
}

const kinds: Readonly<Record<ColumnMetadata['kind'], string>> = {
  partition_key: ', partition key',
  clustering: ', clustering column',
  static: ', static',
  regular: '',
};

const described = (type: CqlType, kind: ColumnMetadata['kind'] = 'regular') => `\`${type.cqlName()}\`${kinds[kind]}`;

/** A row as `SELECT *` gives it. */
export function printRow(table: TableMetadata, name: string, texts: TypeTexts): string {
  const properties = table.columnsInSelectOrder.map((column) => {
    const text = texts.result(column.type);
    return {
      name: column.name,
      type: isAlwaysThere(column, table) ? text : orNull(text),
      doc: described(column.type, column.kind),
    };
  });
  return printInterface(name, [`A row of \`${table.keyspace}.${table.name}\`, as \`SELECT *\` gives it.`], properties);
}

/** The values of an INSERT of all columns, by name; of a table of counters those of an UPDATE, by which they go up. */
export function printWrite(table: TableMetadata, name: string, texts: TypeTexts): string {
  const properties = table.columnsInSelectOrder.map((column) => {
    const text = texts.parameter(column.type);
    const isKey = column.kind === 'partition_key' || column.kind === 'clustering';
    return {
      name: column.name,
      type: isKey ? text : `${table.isCounter ? text : orNull(text)} | undefined`,
      optional: !isKey,
      doc: described(column.type, column.kind),
    };
  });
  const what = `a row of \`${table.keyspace}.${table.name}\``;
  const doc = table.isCounter
    ? [
        `What the counters of ${what} are counted up by, by column.`,
        'Less than zero counts down; what is left out stays as it is.',
      ]
    : [
        `Values of ${what} to be written, by column.`,
        'null deletes what is there; what is left out, or undefined, stays as it is.',
      ];
  return printInterface(name, doc, properties);
}

/** Names of what a statement becomes. */
export interface StatementNames {
  readonly constant: string;
  readonly params: string;
  readonly row: string;
}

/** A statement: the types of its parameters and rows, and itself with them. */
export function printStatement(statement: NamedStatement, names: StatementNames, texts: TypeTexts): string {
  const { parameters, columns, doc, source } = statement;
  const about = `\`${names.constant}\``;
  const parts = [printParameters(parameters, names.params, about, texts)];
  if (columns !== null) parts.push(printColumns(columns, names.row, about, texts));
  const row = columns === null ? 'NoRow' : names.row;
  texts.imports.add('TypedStatement');
  if (columns === null) texts.imports.add('NoRow');
  const cql = source.split('\n').map((line) => `    ${line}`.trimEnd());
  parts.push(
    `${docComment(doc.length === 0 ? ['', ...cql] : [...doc, '', ...cql])}export const ${names.constant} = ${literal(source)} as TypedStatement<${names.params}, ${row}>;\n`,
  );
  return parts.join('\n');
}

function printParameters(parameters: readonly DescribedParameter[], name: string, about: string, texts: TypeTexts): string {
  const textOf = ({ type, nullable, optional }: DescribedParameter) =>
    `${nullable ? orNull(texts.parameter(type)) : texts.parameter(type)}${optional ? ' | undefined' : ''}`;
  if (parameters.length > 0 && parameters.every((parameter) => parameter.isNamed)) {
    // A name may stand at several places: a value must then suit all of them.
    const byName = new Map<string, string[]>();
    for (const parameter of parameters) {
      const before = byName.get(parameter.name);
      const text = textOf(parameter);
      if (before === undefined) byName.set(parameter.name, [text]);
      else if (!before.includes(text)) before.push(text);
    }
    const properties = [...byName].map(([property, types]) => ({
      name: property,
      type: types.length === 1 ? types[0] : types.map((text) => `(${text})`).join(' & '),
    }));
    return printInterface(name, [`Parameters of ${about}, by the names of its markers.`], properties);
  }
  const labels = parameters.map((parameter) => `${labelName(parameter.name)}: ${textOf(parameter)}`);
  const doc = parameters.length === 0 ? `${about} takes no parameters.` : `Parameters of ${about}, in the order of its markers.`;
  return `${docComment([doc])}export type ${name} = readonly [${labels.join(', ')}];\n`;
}

function printColumns(columns: readonly DescribedColumn[], name: string, about: string, texts: TypeTexts): string {
  // Of two columns with one name a row has the last.
  const byName = new Map(columns.map((column) => [column.name, column]));
  const properties = [...byName.values()].map(({ name: property, type, nullable, optional, nullElements }) => {
    const text = nullElements ? `(${orNull(texts.result(type.subTypes[0]))})[]` : texts.result(type);
    return {
      name: property,
      type: nullable ? orNull(text) : text,
      doc: described(type),
      ...(optional ? { optional } : {}),
    };
  });
  return printInterface(name, [`A row of ${about}.`], properties);
}

/** Text as a literal in TypeScript; of several lines with them kept apart. */
function literal(source: string): string {
  if (!source.includes('\n') || source.includes('\r')) return quoteText(source);
  return `\`${source.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``;
}

import { assertNever } from '@cassette/bytes';
import type {
  AlterTableAction,
  AlterTypeAction,
  ColumnDefinition,
  ColumnMask,
  CreateIndexStatement,
  CreateTableStatement,
  FieldDefinition,
  IndexTarget,
  PrimaryKeyDefinition,
  Property,
  Rename,
} from '../ast/index.ts';
import { printFunctionName, printName, printQualifiedName, quoteIdentifier } from './names.ts';
import { printNames } from './relations.ts';
import { printConstant, printTerm, printTerms, printType } from './terms.ts';

/** A CREATE TABLE, one column a line. */
export function printCreateTable(create: CreateTableStatement): string {
  const inline = new Set(create.primaryKeys.filter((key) => key.inline).map((key) => key.partitionKey[0]!.name));
  const lines = create.columns.map((column) => {
    const isKey = inline.delete(column.name.name);
    return `  ${printColumnDefinition(column)}${isKey ? ' PRIMARY KEY' : ''}`;
  });
  lines.push(...create.primaryKeys.filter((key) => !key.inline).map((key) => `  ${printPrimaryKey(key)}`));
  const order = create.clusteringOrder.map(({ column, direction }) => `${printName(column)} ${direction.toUpperCase()}`);
  const options = [
    ...(create.compactStorage ? ['COMPACT STORAGE'] : []),
    ...(order.length > 0 ? [`CLUSTERING ORDER BY (${order.join(', ')})`] : []),
    ...create.properties.map(printProperty),
  ];
  const head = `CREATE TABLE ${create.ifNotExists ? 'IF NOT EXISTS ' : ''}${printQualifiedName(create.table)}`;
  return `${head} (\n${lines.join(',\n')}\n)${options.length > 0 ? ` WITH ${options.join('\n  AND ')}` : ''}`;
}

/** What an ALTER TABLE does. */
export function printAlterTableAction(action: AlterTableAction): string {
  switch (action.kind) {
    case 'alterColumnType':
      return `ALTER ${printName(action.column)} TYPE ${printType(action.type)}`;
    case 'maskColumn': {
      const mask = action.mask ? printMask(action.mask) : 'DROP MASKED';
      return `ALTER ${action.ifExists ? 'IF EXISTS ' : ''}${printName(action.column)} ${mask}`;
    }
    case 'addColumns': {
      const columns = action.columns.map(printColumnDefinition).join(', ');
      return `ADD ${action.ifNotExists ? 'IF NOT EXISTS ' : ''}${action.columns.length === 1 ? columns : `(${columns})`}`;
    }
    case 'dropColumns': {
      // A single column named `compact` before STORAGE can't come, so parentheses are for lists only.
      const columns = action.columns.length === 1 ? printName(action.columns[0]!) : printNames(action.columns);
      const timestamp = action.timestamp ? ` USING TIMESTAMP ${action.timestamp.text}` : '';
      return `DROP ${action.ifExists ? 'IF EXISTS ' : ''}${columns}${timestamp}`;
    }
    case 'dropCompactStorage':
      return 'DROP COMPACT STORAGE';
    case 'renameColumns':
      return printRenames(action.ifExists, action.renames);
    case 'alterProperties':
      return `WITH ${printProperties(action.properties)}`;
    default:
      return assertNever(action, 'action');
  }
}

/** What an ALTER TYPE does. */
export function printAlterTypeAction(action: AlterTypeAction): string {
  switch (action.kind) {
    case 'alterFieldType':
      return `ALTER ${printName(action.field)} TYPE ${printType(action.type)}`;
    case 'addField':
      return `ADD ${action.ifNotExists ? 'IF NOT EXISTS ' : ''}${printField(action.field)}`;
    case 'renameFields':
      return printRenames(action.ifExists, action.renames);
    default:
      return assertNever(action, 'action');
  }
}

/** A CREATE INDEX. */
export function printCreateIndex(create: CreateIndexStatement): string {
  const name = create.name ? `${printName(create.name)} ` : '';
  const targets = create.targets.map(printIndexTarget).join(', ');
  const using = create.using === null ? '' : ` USING ${printConstant({ kind: 'string', value: create.using, pos: 0 })}`;
  const options = create.properties.length > 0 ? ` WITH ${printProperties(create.properties)}` : '';
  const head = `CREATE INDEX ${create.ifNotExists ? 'IF NOT EXISTS ' : ''}${name}`;
  return `${head}ON ${printQualifiedName(create.table)} (${targets})${using}${options}`;
}

/** A field of a user type. */
export function printField(field: FieldDefinition): string {
  return `${printName(field.name)} ${printType(field.type)}`;
}

/** Properties, joined by AND. */
export function printProperties(properties: readonly Property[]): string {
  return properties.map(printProperty).join(' AND ');
}

function printProperty({ name, value }: Property): string {
  const printed = value.kind === 'keyword' ? value.text : printTerm(value);
  return `${quoteIdentifier(name)} = ${printed}`;
}

function printColumnDefinition(column: ColumnDefinition): string {
  const mask = column.mask ? ` ${printMask(column.mask)}` : '';
  return `${printName(column.name)} ${printType(column.type)}${column.static ? ' STATIC' : ''}${mask}`;
}

function printMask(mask: ColumnMask): string {
  return `MASKED WITH ${mask.function ? `${printFunctionName(mask.function)}(${printTerms(mask.args)})` : 'DEFAULT'}`;
}

function printPrimaryKey(key: PrimaryKeyDefinition): string {
  const partitionKey = key.partitionKey.length === 1 ? printName(key.partitionKey[0]!) : printNames(key.partitionKey);
  return `PRIMARY KEY (${[partitionKey, ...key.clustering.map(printName)].join(', ')})`;
}

function printRenames(ifExists: boolean, renames: readonly Rename[]): string {
  const pairs = renames.map(({ from, to }) => `${printName(from)} TO ${printName(to)}`).join(' AND ');
  return `RENAME ${ifExists ? 'IF EXISTS ' : ''}${pairs}`;
}

function printIndexTarget({ kind, column }: IndexTarget): string {
  return kind === 'simple' ? printName(column) : `${kind}(${printName(column)})`;
}

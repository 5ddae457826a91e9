import { printColumn, printParams, quoteIdentifier, type Schema, type TableMetadata } from '@cassette/cql';
import { type ExportMark, type ExportRecord, tableKey } from '../catalog/index.ts';
import { checksumOf, keysOf, optionName, othersOf } from './schema-marks.ts';

/** What brings a cluster that has the schema of an earlier export to that of a later one, as CQL. */
export interface SchemaChanges {
  /** By keyspace: statements that may be run again and again, and change nothing where what they make is there. */
  readonly statements: ReadonlyMap<string, readonly string[]>;
  /** Those that can't be had so, or take something away: whether others still need it only people know. */
  readonly byHand: readonly string[];
}

/**
 * What has changed of tables that are exported. `chain`: the export that this one goes on from, the one that that goes on from, and so on, as far
 * as they are remembered. What was added since any of them is told, for a cluster may be given later ones first, and its schema may be that of
 * any; what was renamed or dropped only since the first of the list that has the table, or the type, for that one may have left some out. What
 * exports of earlier versions did not write down is not told.
 */
export function schemaChanges(
  schema: Schema,
  tables: readonly TableMetadata[],
  chain: readonly [ExportRecord, ...ExportRecord[]],
): SchemaChanges {
  const statements = new Map<string, string[]>();
  const byHand: string[] = [];
  const add = (keyspace: string, statement: string) => {
    statements.set(keyspace, [...(statements.get(keyspace) ?? []), statement]);
  };
  for (const keyspace of new Set(tables.map((table) => table.keyspace))) {
    for (const { name, fields } of schema.keyspace(keyspace)?.types.values() ?? []) {
      const type = `${quoteIdentifier(keyspace)}.${quoteIdentifier(name)}`;
      const key = `${keyspace}.${name}`;
      // Fields are only ever added at the end, and keep their places when they are renamed.
      const lengths = chain.flatMap(({ types }) => types?.[key]?.length ?? []);
      for (const field of fields.slice(Math.min(...lengths, fields.length))) {
        add(keyspace, `ALTER TYPE ${type} ADD IF NOT EXISTS ${quoteIdentifier(field.name)} ${field.type.cqlName()};`);
      }
      const names = fields.map((field) => field.name);
      const before = chain.find(({ types }) => types?.[key] !== undefined)?.types?.[key] ?? [];
      byHand.push(...renames(`ALTER TYPE ${type}`, before, names));
    }
  }
  for (const table of tables) {
    const id = tableKey(table);
    const name = `${quoteIdentifier(table.keyspace)}.${quoteIdentifier(table.name)}`;
    const marks = chain.flatMap((record) => record.marks?.[id] ?? []);
    for (const statement of additions(table, name, marks)) add(table.keyspace, statement);
    const since = chain.find((record) => record.marks?.[id] !== undefined);
    if (since !== undefined) byHand.push(...losses(table, name, since.marks?.[id], since.createdAt));
  }
  return { statements, byHand };
}

function additions(table: TableMetadata, name: string, marks: readonly ExportMark[]): string[] {
  const isLacking = (column: string) => marks.some(({ columns }) => columns?.includes(column) === false);
  const statements = othersOf(table)
    .filter((column) => isLacking(column.name))
    .map((column) => `ALTER TABLE ${name} ADD IF NOT EXISTS ${printColumn(column)};`);
  const changed = printParams(table.params).filter((option) => {
    const checksum = checksumOf(option);
    return marks.some(({ options }) => options !== undefined && options[optionName(option)] !== checksum);
  });
  if (changed.length > 0) statements.push(`ALTER TABLE ${name} WITH ${changed.join(' AND ')};`);
  return statements;
}

/** `createdAt`: of the export, in milliseconds since 1970. */
function losses(table: TableMetadata, name: string, mark: ExportMark | undefined, createdAt: number): string[] {
  const { columns, keys } = mark ?? {};
  if (columns === undefined || keys === undefined) return [];
  const statements = renames(
    `ALTER TABLE ${name}`,
    keys,
    keysOf(table).map((column) => column.name),
  );
  for (const column of columns) {
    const now = table.column(column);
    const dropped = table.droppedColumns.get(column);
    const isAnew = now !== undefined && dropped !== undefined && dropped.droppedTime > BigInt(createdAt) * 1000n;
    if (now !== undefined && !isAnew) continue;
    const using = dropped === undefined ? '' : ` USING TIMESTAMP ${dropped.droppedTime}`;
    statements.push(`ALTER TABLE ${name} DROP ${quoteIdentifier(column)}${using};`);
    if (isAnew) statements.push(`ALTER TABLE ${name} ADD ${printColumn(now)};`);
  }
  return statements;
}

function renames(statement: string, before: readonly string[], now: readonly string[]): string[] {
  return before.flatMap((name, i) =>
    now[i] === undefined || now[i] === name
      ? []
      : [`${statement} RENAME ${quoteIdentifier(name)} TO ${quoteIdentifier(now[i])};`],
  );
}

import { crc32 } from '@cassette/bytes';
import { type ColumnMetadata, printParams, type Schema, type TableMetadata } from '@cassette/cql';
import type { ExportMark } from '../catalog/index.ts';

/** What an export remembers of a table, so that a later one can say what has changed. */
export function markOf(table: TableMetadata): ExportMark {
  return {
    name: table.toString(),
    truncated: false,
    keys: keysOf(table).map(({ name }) => name),
    columns: othersOf(table).map(({ name }) => name),
    options: Object.fromEntries(printParams(table.params).map((option) => [optionName(option), checksumOf(option)])),
  };
}

/** The same of the user types of some keyspaces: their fields, by `keyspace.type`. */
export function typeMarksOf(schema: Schema, keyspaces: ReadonlySet<string>): Readonly<Record<string, readonly string[]>> {
  const marks: Record<string, readonly string[]> = {};
  for (const keyspace of keyspaces) {
    for (const { name, fields } of schema.keyspace(keyspace)?.types.values() ?? []) {
      marks[`${keyspace}.${name}`] = fields.map((field) => field.name);
    }
  }
  return marks;
}

/** Its primary key's columns, in their order. */
export function keysOf({ partitionKey, clustering }: TableMetadata): ColumnMetadata[] {
  return [...partitionKey, ...clustering];
}

/** Its other columns. */
export function othersOf(table: TableMetadata): ColumnMetadata[] {
  return table.columns.filter(({ kind }) => kind === 'static' || kind === 'regular');
}

/** The name of an option as `printParams` has it. */
export function optionName(option: string): string {
  return option.slice(0, option.indexOf(' = '));
}

/** What tells one value of an option from another. */
export function checksumOf(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return crc32(bytes, 0, bytes.length);
}

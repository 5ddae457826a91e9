import type { CqlType } from '../types/cql-type.ts';
import type { UserType } from '../types/tuple-type.ts';
import { VectorType } from '../types/vector-type.ts';
import type { TableMetadata } from './table-metadata.ts';
import { defaultTableParams, type TableParams } from './table-params.ts';

/** Options that Cassandra 4.0 does not know; 4.1 has the first of them. Cassandra: TableParams.Option. */
const newOptions = {
  memtable: 'memtable',
  allow_auto_snapshot: 'allowAutoSnapshot',
  incremental_backups: 'incrementalBackups',
} as const;

/** Whether that is an option which 4.0 does not know, and has the value that it has where nobody names it. */
export function isNewDefault(params: TableParams, option: string): boolean {
  if (!Object.hasOwn(newOptions, option)) return false;
  const name = newOptions[option as keyof typeof newOptions];
  return params[name] === defaultTableParams[name];
}

/** What a table has that no Cassandra 4 can make, as CQL for people: options, a compaction strategy, types of columns. */
export function newerThanCassandra4(table: TableMetadata): readonly string[] {
  const { params } = table;
  const options = Object.entries(newOptions).flatMap(([option, name]) =>
    params[name] === defaultTableParams[name]
      ? []
      : [`${option} = ${typeof params[name] === 'string' ? `'${params[name]}'` : params[name]}`],
  );
  const strategy = params.compaction.class.endsWith('.UnifiedCompactionStrategy') ? ['UnifiedCompactionStrategy'] : [];
  const vectors = table.columns
    .filter(({ type }) => hasVector(type))
    .map(({ name, type }) => `column ${name}, ${type.cqlName()}`);
  return [...options, ...strategy, ...vectors];
}

/** The same of a user type, which is made by itself whether or not a table has it: its fields with vectors. */
export function typeNewerThanCassandra4({ fields }: UserType): readonly string[] {
  return fields.filter(({ type }) => hasVector(type)).map(({ name, type }) => `field ${name}, ${type.cqlName()}`);
}

function hasVector(type: CqlType): boolean {
  return type instanceof VectorType || type.subTypes.some(hasVector);
}

import { CassetteError } from '@cassette/bytes';
import { KeyspaceMetadata, type TableMetadata, type Uuid } from '@cassette/cql';
import { HeaderTypes } from '../import/header-types.ts';
import type { ImportedHeader } from '../import/plan-schema.ts';
import { PLAIN_REPLICATION } from '../import/read-schema.ts';
import { collectTypes, rebuiltTable } from '../import/rebuilt-table.ts';

/** The keyspace of tables that are made from the headers of SSTables; `salvaged_2` and so on where one is not enough. */
const REBUILT_KEYSPACE = 'salvaged';

/** A table of which headers alone tell: one or more. */
export interface UnknownTable {
  readonly id: Uuid;
  readonly name: string;
  readonly headers: readonly ImportedHeader[];
}

/** A keyspace that is being made. */
interface Space {
  readonly types: HeaderTypes;
  readonly tables: readonly UnknownTable[];
}

/**
 * The tables, and the keyspaces that they are in with their user types. Of headers of a table that contradict each other the first counts:
 * SSTables that do not fit it are to be told as lost. Tables that contradict each other about a user type, for they were in different
 * keyspaces, get keyspaces of their own. `there`: keyspaces that there are already. Throws CorruptionError for types that are none.
 */
export function rebuiltTables(
  unknown: readonly UnknownTable[],
  there: ReadonlyMap<string, unknown>,
): {
  readonly tables: readonly TableMetadata[];
  readonly keyspaces: readonly KeyspaceMetadata[];
} {
  const spaces: Space[] = [];
  for (const table of unknown) place(table, spaces, there);
  const keyspaces = spaces.map(({ types, tables }) => {
    const keyspace = new KeyspaceMetadata({
      name: types.keyspace,
      replication: PLAIN_REPLICATION,
      durableWrites: true,
      types: new Map(types.types.map((type) => [type.name, type])),
    });
    // Only now are the types known as they are in all headers.
    return tables.reduce(
      (all, { name, id, headers }) => all.withTable(rebuiltTable(types.keyspace, name, id, headers, types)),
      keyspace,
    );
  });
  return { tables: keyspaces.flatMap(({ tables }) => [...tables.values()]), keyspaces };
}

/** Puts a table where its types fit: with all its headers if that can be, else with the first. */
function place(table: UnknownTable, spaces: Space[], there: ReadonlyMap<string, unknown>): void {
  const names = spaces.map(({ types }) => types.keyspace);
  let fresh = REBUILT_KEYSPACE;
  for (let i = 2; there.has(fresh) || names.includes(fresh); i++) fresh = `${REBUILT_KEYSPACE}_${i}`;
  names.push(fresh);
  const ways = [table.headers, table.headers.slice(0, 1)].flatMap((headers) => names.map((_, at) => ({ headers, at })));
  for (const [i, { headers, at }] of ways.entries()) {
    const types = new HeaderTypes(names[at], spaces[at]?.types.types);
    try {
      collectTypes(table.name, headers, types);
      rebuiltTable(names[at], table.name, table.id, headers, types);
    } catch (error) {
      if (!(error instanceof CassetteError) || i === ways.length - 1) throw error;
      continue;
    }
    spaces[at] = { types, tables: [...(spaces[at]?.tables ?? []), { ...table, headers }] };
    return;
  }
}

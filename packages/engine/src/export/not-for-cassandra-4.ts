import { newerThanCassandra4, type Schema, typeNewerThanCassandra4 } from '@cassette/cql';
import type { ExportManifest } from './kit/manifest.ts';

/** What of some keyspaces no Cassandra 4 can have, with the reasons, as a manifest tells it. */
export function notForCassandra4Of(
  schema: Schema,
  keyspaces: readonly string[],
): Pick<ExportManifest, 'notForCassandra4' | 'typesNotForCassandra4'> {
  const described = keyspaces.map((name) => schema.keyspace(name)!);
  return {
    notForCassandra4: described.flatMap(({ tables }) =>
      [...tables.values()].flatMap((table) => {
        const because = newerThanCassandra4(table);
        return because.length === 0 ? [] : [{ table: `${table}`, because }];
      }),
    ),
    typesNotForCassandra4: described.flatMap(({ name, types }) =>
      [...types.values()].flatMap((type) => {
        const because = typeNewerThanCassandra4(type);
        return because.length === 0 ? [] : [{ type: `${name}.${type.name}`, because }];
      }),
    ),
  };
}

import { parseScript } from '../../../../../e2e/cassandra/cql-script.ts';
import { dumpOf } from '../../goldens/testing/sstable-files.ts';
import { StandingStore } from '../../goldens/testing/standing-store.ts';

/** What a script (statements with `-- CLOCK`, `-- FLUSH`, `-- COMPACT` lines) leaves in SSTables: of each, what {@link summaryOf} tells. */
export async function sstablesAfter(schemaCql: string, script: string): Promise<Record<number, string[]>> {
  const store = await StandingStore.open(
    `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; USE k; ${schemaCql}`,
  );
  await store.run(parseScript(`USE k;\n${script}`));
  const { seconds } = store.clock;
  const found: Record<number, string[]> = {};
  for (const generations of (await store.sstables()).values()) {
    for (const [generation, files] of generations) found[generation] = summaryOf(dumpOf(files, seconds));
  }
  return found;
}

interface Dumped {
  readonly partition: { readonly key: readonly string[]; readonly deletion_info?: DeletionInfo };
  readonly rows: readonly DumpedUnfiltered[];
}

interface DeletionInfo {
  readonly marked_deleted: string;
  readonly local_delete_time: string;
}

interface DumpedUnfiltered {
  readonly type: string;
  readonly clustering?: readonly unknown[];
  readonly liveness_info?: { readonly tstamp: string; readonly ttl?: number };
  readonly deletion_info?: DeletionInfo;
  readonly start?: { readonly type: string; readonly clustering?: readonly unknown[]; readonly deletion_info: DeletionInfo };
  readonly end?: { readonly type: string; readonly clustering?: readonly unknown[]; readonly deletion_info: DeletionInfo };
  readonly cells?: readonly {
    readonly name: string;
    readonly path?: readonly string[];
    readonly value?: unknown;
    readonly tstamp?: string;
    readonly ttl?: number;
    readonly deletion_info?: { readonly marked_deleted?: string; readonly local_delete_time?: string };
  }[];
}

/**
 * A dump with raw timestamps, a line for each thing in it: `1`, `1 deleted@5`, `1/2 live@5`, `1/2 v=3@5`, `1/2 v deleted@5`,
 * `1 range >=2 deleted@5`.
 */
export function summaryOf(dump: string): string[] {
  return (JSON.parse(dump) as Dumped[]).flatMap(({ partition, rows }) => {
    const key = partition.key.join(':');
    const head = partition.deletion_info === undefined ? key : `${key} deleted@${partition.deletion_info.marked_deleted}`;
    return [head, ...rows.flatMap((row) => unfilteredLines(key, row))];
  });
}

function unfilteredLines(key: string, one: DumpedUnfiltered): string[] {
  if (one.type === 'range_tombstone_bound' || one.type === 'range_tombstone_boundary') {
    const side = (name: string, bound: DumpedUnfiltered['start']) =>
      bound === undefined
        ? []
        : [`${name} ${bound.type} ${bound.clustering?.join(',')} deleted@${bound.deletion_info.marked_deleted}`];
    return [`${key} ${[...side('ends', one.end), ...side('starts', one.start)].join('; ')}`];
  }
  const place = one.type === 'static_block' ? `${key}/static` : `${key}/${one.clustering?.join(',')}`;
  const { liveness_info: liveness, deletion_info: deletion } = one;
  const lines: string[] = [];
  if (liveness !== undefined)
    lines.push(`${place} live@${liveness.tstamp}${liveness.ttl === undefined ? '' : ` ttl ${liveness.ttl}`}`);
  if (deletion !== undefined) lines.push(`${place} deleted@${deletion.marked_deleted}`);
  for (const cell of one.cells ?? []) {
    const name = cell.path === undefined ? cell.name : `${cell.name}[${cell.path.join()}]`;
    const at = cell.tstamp ?? cell.deletion_info?.marked_deleted ?? liveness?.tstamp;
    if (cell.deletion_info !== undefined) lines.push(`${place} ${name} deleted@${at}, ${cell.deletion_info.local_delete_time} s`);
    else lines.push(`${place} ${name}=${JSON.stringify(cell.value)}@${at}${cell.ttl === undefined ? '' : ` ttl ${cell.ttl}`}`);
  }
  return lines;
}

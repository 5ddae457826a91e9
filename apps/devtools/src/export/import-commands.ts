import type { ExportReport } from '@cassette/client';

/** What to run on a node of the cluster to load an export, a line a step. */
export function importCommands(fileName: string, { keyspaces, sstables }: ExportReport): string {
  const folder = `/tmp/${fileName.replace(/\.zip$/, '')}`;
  const tables = new Set(sstables.map(({ keyspace, table }) => `${keyspace} ${table} ${folder}/${keyspace}/${table}`));
  return [
    `unzip ${fileName} -d ${folder}`,
    ...keyspaces.map((keyspace) => `cqlsh -f ${folder}/${keyspace}/schema.cql`),
    ...[...tables].map((table) => `nodetool import --copy-data ${table}`),
  ].join('\n');
}

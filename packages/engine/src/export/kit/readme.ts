import { removalsOf, shownByHand } from './by-hand.ts';
import type { ExportManifest } from './manifest.ts';

/** What is to be done on the cluster by hand: other devices may have written to a table that one of them emptied. */
function undone(statements: readonly string[], unless: string): string {
  if (statements.length === 0) return '';
  return `
Since then the store did this, and it is for you to do on the cluster, **after the earlier exports are loaded and before this one is**:

${statements.map((statement) => `    ${statement}\n`).join('')}
${unless}\n`;
}

/** What was added to types and tables, which `load.sh --schema` does. */
function altered(statements: readonly string[]): string {
  if (statements.length === 0) return '';
  return `
The schema has changed since the first of these exports. \`sh load.sh --schema\` brings that of the cluster to it, as often as you like, with
\`KEYSPACE/schema-changes.cql\`; a cluster of Cassandra 4.0, which knows no \`ADD IF NOT EXISTS\`, needs the same without it:

${statements.map((statement) => `    ${statement}\n`).join('')}`;
}

/** What of the schemas has to be changed or left out for a cluster of Cassandra 4. */
function notFor4({ format, notForCassandra4, typesNotForCassandra4 }: ExportManifest): string {
  if (format !== 'nb') return '';
  const lines = [
    ...typesNotForCassandra4.map(({ type, because }) => `- type ${type}: ${because.join('; ')}\n`),
    ...notForCassandra4.map(({ table, because }) => `- ${table}: ${because.join('; ')}\n`),
  ];
  if (lines.length === 0) return '';
  const what = typesNotForCassandra4.length === 0 ? 'tables' : notForCassandra4.length === 0 ? 'types' : 'types and tables';
  return `
Cassandra 4 can't make these ${what}. For a cluster of it change in schema.cql what is named here, but for vectors, which it does not have:

${lines.join('')}`;
}

/** The text of an export's README.md. */
export function readmeOf(manifest: ExportManifest): string {
  const { id, since, createdAt, sstables, tables, tokenRanges, readableBy, format, incomplete } = manifest;
  const { schemaChanges, schemaByHand } = manifest;
  const rows = sstables.reduce((sum, one) => sum + one.rows, 0);
  const list = tables.map(({ keyspace, table }) => {
    const own = sstables.filter((one) => one.keyspace === keyspace && one.table === table);
    const what = own.length === 0 ? 'nothing' : `${own.length} SSTable${own.length === 1 ? '' : 's'}`;
    return `- ${keyspace}.${table}: ${what}`;
  });
  return `# Export ${id}

Made ${createdAt} by Cassette: SSTables of Apache Cassandra, version ${format}, ${sstables.length} of them with ${rows} rows.
They are read by ${readableBy}.

${list.join('\n')}
${tokenRanges === null ? '' : `\nOnly these tokens: ${tokenRanges.map(([first, last]) => `${first} to ${last}`).join(', ')}.\n`}${
  since === null
    ? ''
    : `\nThis export goes on from export ${since}: it holds what was written since then, deletions too. Load that one as well,
before or after this one.

TRUNCATE, DROP and ALTER are no writes and are not in it.\n`
}${notFor4(manifest)}${altered(shownByHand(schemaChanges))}${undone(removalsOf(manifest), 'Not if others write to the table too: their rows would go as well.')}${undone(
  shownByHand(schemaByHand),
  'Not if others need what is renamed or dropped.',
)}${sstables.length === 0 ? '\nNothing was written since then: there is nothing to load.\n' : ''}${
  incomplete.length === 0 ? '' : `\nIt lacks ${incomplete.length} damaged SSTables of its store; manifest.json names them.\n`
}
## Loading it

On a machine of the cluster, where this is unpacked:

    sh load.sh --schema          # makes keyspaces, types and tables that are not there yet with cqlsh, then loads
    sh load.sh                   # where the tables are there already

This runs \`nodetool import\`, which gives the SSTables to the one node whose machine it runs on. It is for a node that owns all
tokens: a cluster of one, or one whose keyspaces have as many replicas as there are nodes; then run it on each. A node refuses
SSTables with rows that it does not own. For every other cluster stream them to whichever nodes own the rows:

    sh load.sh --sstableloader --host 10.0.0.1

or, where the network is not to carry them, unpack this on every machine of the cluster and run it on each of them, without exception:

    sh load.sh --every-node      # nodetool import --no-tokens, then nodetool cleanup of what other nodes own

Until it ran on the last one the cluster may answer with or without these rows. Don't add or move nodes meanwhile.

\`sh load.sh --help\` tells the rest. The script checks SHA256SUMS first, works on copies and changes nothing here, so it may be run
again: loading an export twice, or exports of many devices in any order, gives the same rows, for the newest write of each
cell wins. Replication in schema.cql is what the app said; change it before the first load if the cluster is to have another.

A table forgets its deletions after gc_grace_seconds: what exports one after the other have of it is to be loaded within that time,
or with a longer one on the cluster.

## What is in it

- \`KEYSPACE/schema.cql\`: keyspace, types and tables; \`KEYSPACE/schema-changes.cql\`: what was altered, where something was
- \`KEYSPACE/TABLE/\`: SSTables, each of several files
- \`manifest.json\`: all files with their sizes and SHA-256, the SSTables with their rows, timestamps and tokens
- \`SHA256SUMS\`: for \`sha256sum -c\`
- \`load.sh\`: see above
`;
}

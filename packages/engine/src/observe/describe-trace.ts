import type { SkipReason, SourceFigures, Trace, TraceActivity, TraceStep } from './trace.ts';

const skips: Readonly<Record<SkipReason, string>> = {
  'key range': 'what is asked for lies outside its first and its last key',
  'bloom filter': 'its bloom filter says that the key is not there',
  clusterings: 'no slice meets the clusterings that it has',
  'older than the row': 'newer sources have all of the row',
  'older than the deletion of its partition': 'the partition was deleted after all that it has',
};

/** A line that tells what was done, in words. */
export function describeActivity(activity: TraceStep): string {
  switch (activity.kind) {
    case 'prepared':
      return activity.cached ? 'Statement was planned before' : 'Parsed and planned the statement';
    case 'read': {
      const { table, key, slices, reversed } = activity;
      const where = key === null ? `Scanning ${table}` : `Reading partition ${key} of ${table}`;
      return `${where}${slices === null ? '' : `, ${count(slices, 'slice')}`}${reversed ? ', from last to first' : ''}`;
    }
    case 'sstable-skipped':
      return `Skipping SSTable ${activity.generation}: ${skips[activity.reason]}`;
    case 'index': {
      const { generation, version, found, steps, indexBytes, rowIndex } = activity;
      const way = `${count(steps, indexUnit(version), indexUnit(version) === 'entry' ? 'entries' : undefined)} looked at, ${bytes(indexBytes)} read`;
      if (!found) return `Partition is not in SSTable ${generation}, though its filter lets the key pass: ${way}`;
      return `Partition found in SSTable ${generation}: ${way}${rowIndex ? ', row index used' : ''}`;
    }
    case 'merging':
      return `Merging ${count(activity.memtables, 'memtable')} and ${count(activity.sstables, 'SSTable')}`;
    case 'memtable':
      return `Read ${activity.sealed ? 'sealed ' : ''}memtable: ${found(activity)}`;
    case 'sstable': {
      const { generation, version, chunks, chunkBytes, dataBytes, indexBytes, cacheHits } = activity;
      const read =
        chunks === 0 ? `${bytes(dataBytes)} of data` : `${count(chunks, 'chunk')}, ${bytes(dataBytes)} to ${bytes(chunkBytes)}`;
      const cached = cacheHits === 0 ? '' : `, chunks in the cache ${cacheHits} times`;
      return `Read SSTable ${generation} (${version}): ${found(activity)}; ${read}${cached}, ${bytes(indexBytes)} of index`;
    }
    case 'yielded':
      return `Gave others their turn for ${activity.spent} µs`;
    case 'rows': {
      const filtered = activity.filtered === 0 ? '' : `, of which ${activity.filtered} were filtered`;
      return `Merged ${count(activity.live, 'live row')}${filtered}, and ${activity.dead} deleted or expired`;
    }
    case 'sorted':
      return `Sorted ${count(activity.rows, 'row')}`;
    case 'answered':
      return `Answered ${count(activity.rows, 'row')}${activity.hasMore ? ', more follow' : ''}`;
    case 'condition':
      return activity.applied ? 'Conditions hold' : 'Conditions do not hold: nothing is written';
    case 'waited':
      return `Waited ${activity.spent} µs for ${activity.reason === 'memtable room' ? 'room in memtables' : `other ${activity.reason}`}`;
    case 'mutation':
      return `Encoded mutation of ${bytes(activity.bytes)}${activity.rows === undefined ? '' : ` for ${count(activity.rows, 'row')}`}`;
    case 'committed': {
      const { segment, groupWrites, groupBytes, write, flush, apply } = activity;
      const group = `group of ${count(groupWrites, 'write')}, ${bytes(groupBytes)}`;
      const synced = flush === 0 ? '' : `, made durable in ${flush} µs`;
      return `Appended to log segment ${segment}, ${group}, in ${write} µs${synced}, applied to memtables in ${apply} µs`;
    }
    case 'executed':
      return `Executed ${activity.statement}`;
  }
}

/** A trace as the table that cqlsh prints with TRACING ON, of what there is to tell: line after line. */
export function formatTrace({ activities, micros, omitted, startedAt }: Trace): string[] {
  const rows = activities.map((activity: TraceActivity) => [describeActivity(activity), String(activity.micros)]);
  if (omitted > 0) rows.push([`… ${count(omitted, 'more activity', 'more activities')}`, '']);
  rows.push(['Request complete', String(micros)]);
  const head = ['activity', 'elapsed µs'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = ([activity, elapsed]: readonly string[]) => ` ${activity.padEnd(widths[0])} | ${elapsed.padStart(widths[1])}`;
  return [
    `Tracing session, begun ${new Date(startedAt).toISOString()}`,
    '',
    line(head),
    `-${'-'.repeat(widths[0])}-+-${'-'.repeat(widths[1])}`,
    ...rows.map(line),
  ];
}

function found({ rows, tombstones }: SourceFigures): string {
  return `${count(rows, 'row')}, ${count(tombstones, 'tombstone')}`;
}

function indexUnit(version: string): 'entry' | 'node' {
  // Versions of BTI are d and up.
  return version >= 'd' && version < 'e' ? 'node' : 'entry';
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function bytes(size: number): string {
  if (size < 10_000) return `${size} B`;
  if (size < 10_000_000) return `${Math.round(size / 100) / 10} kB`;
  return `${Math.round(size / 100_000) / 10} MB`;
}

import type { PairRun } from './pair-run.ts';
import { ratios, spreadOf } from './spread.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'Cassette', align: 'right' },
  { title: 'Cassandra', align: 'right' },
  { title: 'Cassette is', align: 'right' },
  { title: 'min–max', align: 'right' },
  { title: 'bytes/row', align: 'right' },
  { title: 'Cassandra', align: 'right' },
];

const titles: Readonly<Record<string, string>> = {
  unsorted: 'unsorted rows to SSTables (CQLSSTableWriter)',
  sorted: 'sorted rows to SSTables (CQLSSTableWriter)',
  flush: 'flush of a memtable',
  compact: 'major compaction of four SSTables',
};

/** Cassette and Cassandra side by side, for people: rows a second of steps, seconds of whole processes. */
export function printPairRun(run: PairRun): string {
  const steps = run.figures.map(({ op, compression, cassette, cassandra, cassetteBytes, cassandraBytes }) => [
    `${titles[op] ?? op}, ${compression === 'none' ? 'uncompressed' : 'LZ4'}`,
    ...both(cassette, cassandra, printNumber, ratios(cassette, cassandra)),
    cassetteBytes === 0 ? '' : printNumber(cassetteBytes / run.rows),
    cassandraBytes === 0 ? '' : printNumber(cassandraBytes / run.rows),
  ]);
  const warmUps = `after ${run.warmUps} rounds each that do not count`;
  const parts = [
    `Rows a second beside Cassandra 5.0 in a JVM, ${printNumber(run.rows)} rows, Node ${run.node}, ${warmUps}\n${printTable(columns, steps)}`,
  ];
  if (run.tools.length > 0) {
    const tools = run.tools.map(({ name, cassette, cassandra }) => [
      name === 'load' ? `load of ${printNumber(run.loadRows)} rows (CQLSSTableWriter, without its JVM’s start)` : name,
      ...both(cassette, cassandra, printSmall, ratios(cassandra, cassette)),
    ]);
    parts.push(`Seconds of whole processes, ${printNumber(run.rows)} rows, LZ4\n${printTable(columns.slice(0, 5), tools)}`);
  }
  if (run.missing !== null) parts.push(`Cassandra was left out: ${run.missing}`);
  return parts.join('\n\n');
}

function both(
  cassette: readonly number[],
  cassandra: readonly number[],
  print: (value: number) => string,
  times: readonly number[],
): string[] {
  const middle = (values: readonly number[]) => (values.length === 0 ? '' : print(spreadOf(values).median));
  const { median, min, max } = spreadOf(times);
  const ratio = times.length === 0 ? ['', ''] : [`${printSmall(median)} ×`, `${printSmall(min)}–${printSmall(max)}`];
  return [middle(cassette), middle(cassandra), ...ratio];
}

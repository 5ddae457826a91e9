// The life of a write, told by what the engine does when it is asked to: each step does something to the sample data and shows what came of it.

import type { ExportReport, RemoteDatabase, ResultSet, StoreStats, Trace } from '@cassette/client';
import { loadSample } from '../sample/load-sample.ts';
import { opening } from '../store/watch.ts';
import { bytes, count, milliseconds, plural } from '../text/numbers.ts';

/** What came of a step. */
export interface Outcome {
  /** A sentence or two about what was seen. */
  readonly text: string;
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly trace?: Trace | null;
  readonly lines?: readonly string[];
}

/** A step of the tour. */
export interface Step {
  readonly title: string;
  /** What is about to happen, and why. */
  readonly text: readonly string[];
  /** What the button says. */
  readonly action: string;
  /** CQL that is shown; what is run where there is no more to it. */
  readonly cql?: string;
  /** Where more of it is to be seen. */
  readonly view?: { readonly id: string; readonly title: string };
  run(database: RemoteDatabase): Promise<Outcome>;
}

const where = "origin = 'SEA' AND departed = '2030-01-01' AND id = 1";
const insert = `INSERT INTO sample.flights (origin, departed, id, destination, delay)
VALUES ('SEA', '2030-01-01', 1, 'LIS', 5)`;
const read = `SELECT destination, delay, WRITETIME(delay) FROM sample.flights WHERE ${where}`;
const update = `UPDATE sample.flights SET delay = 42 WHERE ${where}`;
const remove = `DELETE destination FROM sample.flights WHERE ${where}`;

/** How long a crashed worker has for its successor, and how often is looked. Milliseconds. */
const patienceMs = 20_000;
const lookMs = 50;

const flights = (stats: StoreStats) => stats.tables.find(({ keyspace, table }) => keyspace === 'sample' && table === 'flights');

/** All steps, in their order. */
export const steps: readonly Step[] = [
  {
    title: 'Some real data',
    text: [
      'Cassandra’s storage engine keeps data in three places: a log, tables in memory, and files that are never changed. This tour follows one row through all of them, in the engine that runs in this tab.',
      'First, rows to live among: 6,886 flights, airports and earthquakes, which came with this page.',
    ],
    action: 'Load them',
    async run(database) {
      const began = performance.now();
      await loadSample(database);
      const took = performance.now() - began;
      const { counters } = await database.stats();
      return {
        text: `${database.persistent ? 'They are durable: a crash of this tab, this browser or this machine would not take one of them.' : 'They are in memory, for this browser keeps nothing here: they go with the last tab.'} That took ${milliseconds(took)}.`,
        facts: [
          ['writes so far', count(counters.mutations)],
          ['syncs of the log', count(counters.walFlushes)],
        ],
      };
    },
  },
  {
    title: 'A write',
    text: [
      'One row is inserted. The engine encodes it once; the same bytes go to the end of the log and into a table in memory.',
      'In a store that is kept on the device the promise of execute() resolves only when the log was synced to the disk. All who write at the same moment share one sync: group commit.',
    ],
    action: 'Insert it',
    cql: insert,
    async run(database) {
      const { trace } = await database.execute(insert, [], { tracing: true });
      return { text: 'This is what was done for it, with the microseconds since it began:', trace };
    },
    view: { id: 'engine', title: 'See it move in Engine' },
  },
  {
    title: 'In the log and in memory',
    text: [
      'The row is in no file of the table yet. A read finds it in the memtable, which is sorted as Cassandra sorts: partitions by the token of their key, rows by their clustering columns.',
      'Each cell has the time of its write. It decides which of two values stays, whatever order they arrive in, here and in a cluster.',
    ],
    action: 'Read it',
    cql: read,
    async run(database) {
      const result = await database.execute(read, [], { tracing: true });
      const stats = await database.stats();
      return {
        text: 'The read looked into the memtable, and into SSTables only where their filters said that the key may be there.',
        trace: result.trace,
        facts: [...valuesOf(result), ['in memory', bytes(stats.memtableBytes)], ['in the log', bytes(stats.walBytes)]],
      };
    },
  },
  {
    title: 'A flush',
    text: [
      'Memory is bounded. When memtables are full, they are sealed and written as an SSTable: sorted, compressed, with an index, a bloom filter and statistics beside it. Then the log’s segment has done its work and is removed.',
      'These files are what Apache Cassandra writes, to the byte.',
    ],
    action: 'Flush now',
    async run(database) {
      await database.flush();
      const table = flights(await database.stats());
      const newest = table?.sstables.at(-1);
      return {
        text: 'The table of flights has these files now:',
        facts: newest?.components.map(({ name, bytes: size }) => [name, `${count(size)} bytes`] as const) ?? [],
      };
    },
    view: { id: 'inspector', title: 'Look at their bytes in Inspector' },
  },
  {
    title: 'Files are never changed',
    text: [
      'An UPDATE does not look for the old value, and a DELETE does not remove it: both are writes with a later time. What was deleted is covered by a tombstone.',
      'After another flush the row lies in two SSTables, each with a part of the truth.',
    ],
    action: 'Update, delete, flush, read',
    cql: `${update};\n${remove};`,
    async run(database) {
      await database.execute(update);
      await database.execute(remove);
      await database.flush();
      const result = await database.execute(read, [], { tracing: true });
      const merged = result.trace?.activities.find((activity) => activity.kind === 'merging');
      return {
        text: `The read merged ${plural(merged?.sstables ?? 0, 'SSTable')}, and of each cell the latest stayed:`,
        facts: valuesOf(result),
        trace: result.trace,
      };
    },
  },
  {
    title: 'Compaction',
    text: [
      'The more files a row lies in, the more a read has to look at. Compaction merges SSTables into one, in the background while you write; here it is asked for.',
      'What was overwritten goes. The tombstone stays for gc_grace_seconds, ten days, so that a replica that has not heard of it yet does not bring the value back.',
    ],
    action: 'Compact the table',
    async run(database) {
      const before = flights(await database.stats());
      const told = await database.compact('sample.flights');
      const after = flights(await database.stats());
      return {
        text:
          told.length === 0 ? 'There was nothing to merge: one SSTable has it all.' : 'All of the table is in one SSTable now.',
        facts: [
          ['before', `${plural(before?.sstables.length ?? 0, 'SSTable')}, ${bytes(before?.sstableBytes ?? 0)}`],
          ['after', `${plural(after?.sstables.length ?? 0, 'SSTable')}, ${bytes(after?.sstableBytes ?? 0)}`],
        ],
      };
    },
  },
  {
    title: 'A crash',
    text: [
      'A hundred rows are written and acknowledged. Then the worker that has the engine is killed, in the midst of everything, as a crash would.',
      'The next one opens the files that the catalog names, and replays the log: what was acknowledged is there.',
    ],
    action: 'Write, and crash now',
    async run(database) {
      if (!database.persistent)
        throw new Error('This store is in memory: a crash would take all of it, and there is nothing to open it from.');
      const rows = Array.from({ length: 100 }, (_, n) => ['SEA', new Date(Date.UTC(2031, 0, 1, 0, n)), n, 'LIS', n]);
      await database.executeMany(
        'INSERT INTO sample.flights (origin, departed, id, destination, delay) VALUES (?, ?, ?, ?, ?)',
        rows,
      );
      const before = opening.value;
      await database.crashWorker();
      const found = await database.execute(
        "SELECT count(*) AS n FROM sample.flights WHERE origin = 'SEA' AND departed >= '2031-01-01'",
      );
      for (let waited = 0; opening.value === before && waited < patienceMs; waited += lookMs) {
        await new Promise((resolve) => setTimeout(resolve, lookMs));
      }
      const report = opening.value?.report;
      return {
        text: `${String(found.first()?.['n'])} of 100 acknowledged rows are there.`,
        facts:
          report === undefined || opening.value === before
            ? []
            : [
                ['replayed from the log', plural(report.mutationsReplayed, 'write')],
                ['opened again in', milliseconds(report.milliseconds)],
              ],
      };
    },
    view: { id: 'engine', title: 'Crash it under load in Engine' },
  },
  {
    title: 'Into a cluster',
    text: [
      'When there is a network again, the store is exported as a zip of SSTables with a script that loads them. Cassandra merges them by the times of the cells with what is there: from one device or from a thousand, in any order.',
    ],
    action: 'Export (to nowhere)',
    async run(database) {
      const report: ExportReport = await database.export({}, new WritableStream());
      return {
        text: `That would have been a zip of ${bytes(report.bytes)} with these SSTables. Loading it:`,
        facts: report.sstables.map(({ data, rows }) => [data, plural(rows, 'row')] as const),
        lines: [
          'unzip survey.zip -d survey',
          'sh survey/load.sh --schema    # runs nodetool import, or sstableloader with --sstableloader',
        ],
      };
    },
    view: { id: 'storage', title: 'Export it in Storage' },
  },
];

function valuesOf(result: ResultSet): (readonly [string, string])[] {
  const row = result.first();
  if (row === null) return [['row', 'none']];
  return result.columns!.map(({ name }, index) => [name, String(row.values()[index] ?? 'null')] as const);
}

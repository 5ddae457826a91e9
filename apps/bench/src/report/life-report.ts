import type { GrownStore, LifeRun } from '../life/life-run.ts';
import { median } from '../measure/statistics.ts';
import { spreadOf } from './spread.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title, align: 'left' });

/** What a store costs over its life, for people: tables of what was measured. */
export function printLifeRun(run: LifeRun): string {
  return [ingest(run), opens(run), exports(run), growth(run.grown), gzip(run)].filter((text) => text !== null).join('\n\n');
}

function ingest({ ingest: rounds }: LifeRun): string | null {
  if (rounds.length === 0) return null;
  const [{ rows, bytes }] = rounds;
  const of = (title: string, milliseconds: (round: (typeof rounds)[number]) => number) => {
    const { median: middle, min, max } = spreadOf(rounds.map((round) => (rows / milliseconds(round)) * 1000));
    const spread = `${printNumber(min)}–${printNumber(max)}`;
    return [title, printNumber(middle), spread, printNumber((middle * bytes) / rows / 1e6)];
  };
  const flushes = median(rounds.map((round) => round.flushes));
  const compactions = median(rounds.map((round) => round.compactions));
  return [
    `Ingest of ${printNumber(rows)} rows, ${printNumber(bytes / 1e6)} MB of values; flushes ${flushes}, compactions ${compactions}`,
    printTable(
      [left(''), right('rows/s'), right('min–max'), right('MB/s')],
      [
        of('Cassette, until all was acknowledged', ({ milliseconds }) => milliseconds),
        of('Cassette, until all was flushed and compacted', ({ settledMilliseconds }) => settledMilliseconds),
        of('raw OPFS, sequential, flushed as often', ({ rawMilliseconds }) => rawMilliseconds),
      ],
    ),
  ].join('\n');
}

function opens({ coldOpen, coldOpenRows, largeOpen }: LifeRun): string | null {
  const tables: string[] = [];
  const columns = [left(''), right('ms'), right('min–max')];
  const cells = (title: string, milliseconds: readonly number[]) => {
    const { median: middle, min, max } = spreadOf(milliseconds);
    return [title, printNumber(middle), `${printNumber(min)}–${printNumber(max)}`];
  };
  if (coldOpen.length > 0) {
    const rows = coldOpen.map(({ peer, milliseconds }) => cells(peer, milliseconds));
    tables.push(
      `Cold open with ${printNumber(coldOpenRows)} rows: a browser just started, to the first row read\n${printTable(columns, rows)}`,
    );
  }
  if (largeOpen !== null && largeOpen.milliseconds.length > 0) {
    const { rows, walBytes, mutationsReplayed, milliseconds } = largeOpen;
    const log = `a log of ${printNumber(walBytes / 2 ** 20)} MiB (${printNumber(mutationsReplayed)} mutations)`;
    tables.push(`Cold open with ${printNumber(rows)} rows and ${log}\n${printTable(columns, [cells('Cassette', milliseconds)])}`);
  }
  return tables.length === 0 ? null : tables.join('\n\n');
}

function exports({ exports: rounds }: LifeRun): string | null {
  if (rounds.length === 0) return null;
  const rate = (title: string, milliseconds: (round: (typeof rounds)[number]) => number, memory: string) => [
    title,
    printNumber(median(rounds.map((round) => round.bytes / 1000 / milliseconds(round)))),
    memory,
  ];
  const memory = rounds.flatMap(({ mebibytes }) => (mebibytes === null ? [] : [mebibytes]));
  return [
    `Export of ${printNumber(rounds[0].bytes / 2 ** 20)} MiB into a file of the origin's private file system`,
    printTable(
      [left(''), right('MB/s'), right('MiB of memory')],
      [
        rate('Cassette', ({ milliseconds }) => milliseconds, memory.length === 0 ? '' : printNumber(Math.max(...memory))),
        rate('raw OPFS, read and write', ({ rawMilliseconds }) => rawMilliseconds, ''),
      ],
    ),
  ].join('\n');
}

function growth(stores: readonly GrownStore[]): string | null {
  if (stores.length === 0) return null;
  const titles = ['ingest rows/s', 'write p50 ms', 'p99', 'read p50 ms', 'p99', 'SSTables', 'looked into', 'bytes/row', 'MiB'];
  const rows = stores.map((store) => [
    printNumber(store.rows),
    printNumber(store.ingestRowsPerSecond),
    ...[store.writeP50, store.writeP99, store.getP50, store.getP99].map(printSmall),
    printNumber(store.sstables),
    store.sstablesPerRead.toFixed(2),
    printNumber(store.bytesPerRow),
    store.mebibytes === null ? '' : printNumber(store.mebibytes),
  ]);
  return `How cost grows; memory is of the renderer with the page and its rows\n${printTable([right('rows'), ...titles.map(right)], rows)}`;
}

function gzip({ clientGzip }: LifeRun): string | null {
  return clientGzip === null ? null : `Client and worker, gzip: ${printNumber(clientGzip)} bytes`;
}

import { nativeTypes } from '@cassette/cql';
import { BoundKind, ClusteringBound, DeletionTime } from '@cassette/sstable';
import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { intClustering, tableOf } from '../testing/tables.ts';
import { comparatorOf, type RangeTombstone, RangeTombstoneList } from './index.ts';

const { int } = nativeTypes;
const comparator = comparatorOf(
  tableOf([
    { name: 'k', kind: 'partition_key', type: int },
    { name: 'c', kind: 'clustering', type: int },
  ]),
);
const { INCL_START_BOUND, EXCL_START_BOUND, INCL_END_BOUND, EXCL_END_BOUND } = BoundKind;

/** `[1, 5) @7` */
function range(text: string, localDeletionTime = 1): RangeTombstone {
  const [, open, from, to, close, at] = /^([[(])(-?\d+|-), (-?\d+|-)([\])]) @(\d+)$/.exec(text)!;
  return {
    start:
      from === '-'
        ? ClusteringBound.BOTTOM
        : new ClusteringBound(open === '[' ? INCL_START_BOUND : EXCL_START_BOUND, 1, intClustering(Number(from))),
    end:
      to === '-'
        ? ClusteringBound.TOP
        : new ClusteringBound(close === ']' ? INCL_END_BOUND : EXCL_END_BOUND, 1, intClustering(Number(to))),
    deletion: DeletionTime.of(0, Number(at), localDeletionTime),
  };
}

function text({ start, end, deletion }: RangeTombstone): string {
  const value = (bound: ClusteringBound) => (bound.size === 0 ? '-' : String(new DataView(bound.bytes.buffer).getInt32(1)));
  const open = start.kind === INCL_START_BOUND ? '[' : '(';
  const close = end.kind === INCL_END_BOUND ? ']' : ')';
  return `${open}${value(start)}, ${value(end)}${close} @${deletion.lo}`;
}

function listOf(...ranges: readonly string[]): RangeTombstoneList {
  const list = new RangeTombstoneList(comparator);
  for (const one of ranges) list.add(range(one));
  return list;
}

describe('range tombstones', () => {
  test.each<[string[], string[]]>([
    [
      ['[1, 5] @1', '[7, 9] @2'],
      ['[1, 5] @1', '[7, 9] @2'],
    ],
    // A newer one cuts an older one in two; an older one fills what is left.
    [
      ['[0, 10] @1', '[5, 7] @2'],
      ['[0, 5) @1', '[5, 7] @2', '(7, 10] @1'],
    ],
    [
      ['[5, 7] @2', '[0, 10] @1'],
      ['[0, 5) @1', '[5, 7] @2', '(7, 10] @1'],
    ],
    [
      ['[0, 10] @1', '[5, 15] @2'],
      ['[0, 5) @1', '[5, 15] @2'],
    ],
    [
      ['[0, 10] @2', '[5, 15] @1'],
      ['[0, 10] @2', '(10, 15] @1'],
    ],
    [['(1, 5) @1', '[1, 5] @2'], ['[1, 5] @2']],
    [
      ['[1, 5] @1', '(1, 5) @2'],
      ['[1, 1] @1', '(1, 5) @2', '[5, 5] @1'],
    ],
    // Over several, and over gaps between them.
    [
      ['[1, 2] @5', '[4, 5] @1', '[7, 8] @5', '[0, 9] @3'],
      ['[0, 1) @3', '[1, 2] @5', '(2, 7) @3', '[7, 8] @5', '(8, 9] @3'],
    ],
    [
      ['[-, 3] @1', '[2, -] @2'],
      ['[-, 2) @1', '[2, -] @2'],
    ],
  ])('%j become %j', (added, expected) => {
    expect(listOf(...added).ranges.map(text)).toEqual(expected);
  });

  test('of the same timestamp keep the one that came first, whatever their local deletion times', () => {
    const list = listOf('[1, 5] @1');
    list.add(range('[1, 5] @1', 99));
    expect(list.ranges.map(({ deletion }) => deletion.localDeletionTime)).toEqual([1]);
  });

  test('within a slice are cut to it', () => {
    const { start, end } = range('(2, 8] @1');
    expect(listOf('[0, 3] @1', '[5, 6] @2', '[8, 9] @3', '[9, 10] @4').within({ start, end }).map(text)).toEqual([
      '(2, 3] @1',
      '[5, 6] @2',
      '[8, 8] @3',
    ]);
  });

  test('added one by one or as a list delete the same, at every place', () => {
    const random = seededRandom(3);
    const below = (bound: number) => Math.floor(random() * bound);
    const newest = (list: RangeTombstoneList, place: number) => {
      const covers = ({ start, end }: RangeTombstone) =>
        comparator.compareToBound(intClustering(place), 0, 5, start) > 0 &&
        comparator.compareToBound(intClustering(place), 0, 5, end) < 0;
      return list.ranges.filter(covers).map(({ deletion }) => deletion.lo);
    };
    for (let run = 0; run < 500; run++) {
      const added = Array.from({ length: 1 + below(30) }, () => {
        const from = below(20);
        const to = from + 1 + below(8);
        return `${'[('[below(2)]}${from}, ${to}${'])'[below(2)]} @${1 + below(9)}`;
      });
      const half = below(added.length);
      const one = listOf(...added);
      const two = listOf(...added.slice(0, half));
      two.addAll(listOf(...added.slice(half)));
      for (let place = 0; place < 30; place++) {
        const expected = Math.max(...added.map((each) => listOf(each)).map((list) => newest(list, place)[0] ?? -1));
        const wanted = expected < 0 ? [] : [expected];
        expect(newest(one, place), `${added} at ${place}`).toEqual(wanted);
        expect(newest(two, place), `${added} at ${place}, as a list`).toEqual(wanted);
      }
    }
  });
});

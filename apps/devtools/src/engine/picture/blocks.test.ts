import type { SSTableStats, TableStats } from '@cassette/client';
import { expect, test } from 'vitest';
import { blockOf, blocksOfBand, layLane, scaleOf, sideOf } from './blocks.ts';

function table(sizes: readonly number[]): TableStats {
  const sstables = sizes.map((bytes, index) => ({ generation: index + 1, bytes }) as SSTableStats);
  return {
    keyspace: 'k',
    table: 't',
    sstables,
    groups: [{ kind: 'tier', number: 0, generations: sstables.map(({ generation }) => generation) }],
  } as unknown as TableStats;
}

const space = { left: 60, width: 300, scale: 0.05, blocksMax: 60 };

test('squares are as large as what they stand for, and stay in their lane', () => {
  const scale = scaleOf([table([1_000_000, 4_000_000])]);
  expect(sideOf(4_000_000, scale)).toBe(56);
  expect(sideOf(1_000_000, scale)).toBe(28);
  expect(sideOf(1, scale)).toBe(10);
  const lane = layLane(table(Array.from({ length: 40 }, () => 1_000_000)), { ...space, scale });
  const { blocks } = lane.bands[0];
  expect(blocks).toHaveLength(40);
  for (const { x, y, width, side } of blocks) {
    expect(x).toBeGreaterThanOrEqual(60);
    expect(x + width).toBeLessThanOrEqual(360);
    expect(y + side).toBeLessThanOrEqual(lane.height);
  }
});

test('thousands are gathered: the largest stay apart, and each is found where it is shown', () => {
  const sizes = Array.from({ length: 3000 }, (_, index) => 1000 + index);
  const lane = layLane(table(sizes), { ...space, blocksMax: 20 });
  const { blocks, count } = lane.bands[0];
  expect([count, blocks.length]).toEqual([3000, 21]);
  expect(blocks[0].gathered).toMatchObject({ count: 2980 });
  expect(blockOf(lane, 5)).toBe(blocks[0]);
  expect(blockOf(lane, 3000)?.sstable?.generation).toBe(3000);
  expect(blockOf(lane, 4000)).toBeUndefined();
});

test('many bands share what a picture may have', () => {
  expect(blocksOfBand([table([1])])).toBe(60);
  expect(blocksOfBand(Array.from({ length: 100 }, () => table([1])))).toBe(8);
});

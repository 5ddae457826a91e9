// Where the SSTables of a table are drawn: squares whose area is their size, in a row for each tier, level or window.

import type { SSTableGroup, SSTableStats, TableStats } from '@cassette/client';

/** A square for one SSTable, or for many that are too many to be drawn. Pixels. */
export interface Block {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly width: number;
  /** Null for one that stands for many. */
  readonly sstable: SSTableStats | null;
  /** Those that are gathered. */
  readonly gathered: { readonly count: number; readonly bytes: number; readonly generations: readonly number[] } | null;
}

/** A tier, level or window. */
export interface Band {
  readonly kind: SSTableGroup['kind'];
  readonly number: number;
  readonly y: number;
  readonly height: number;
  readonly count: number;
  readonly bytes: number;
  readonly blocks: readonly Block[];
}

/** All bands of a table. */
export interface Lane {
  readonly table: TableStats;
  readonly height: number;
  readonly bands: readonly Band[];
}

/** What a lane may take. Pixels. */
export interface LaneSpace {
  readonly left: number;
  readonly width: number;
  /** Pixels of a side, of the square root of a byte. */
  readonly scale: number;
  /** Blocks of a band, at most. */
  readonly blocksMax: number;
}

/** Sides of the largest and of the smallest square. Pixels. */
const sideMax = 56;
const sideMin = 10;
const gap = 3;
const bandGap = 7;
const gatheredWidth = 74;
const gatheredHeight = 26;

/** The scale at which the largest SSTable of all just fits; small stores are not blown up beyond a megabyte for the largest square. */
export function scaleOf(tables: readonly TableStats[]): number {
  let largest = 1_000_000;
  for (const { sstables } of tables) for (const { bytes } of sstables) largest = Math.max(largest, bytes);
  return sideMax / Math.sqrt(largest);
}

/** The side of the square of so many bytes. */
export function sideOf(bytes: number, scale: number): number {
  return Math.max(sideMin, Math.round(Math.sqrt(bytes) * scale));
}

/** Lays the SSTables of a table out. */
export function layLane(table: TableStats, { left, width, scale, blocksMax }: LaneSpace): Lane {
  const byGeneration = new Map(table.sstables.map((one) => [one.generation, one]));
  let y = 0;
  const bands = table.groups.map(({ kind, number, generations }): Band => {
    const found = generations
      .flatMap((generation) => byGeneration.get(generation) ?? [])
      .sort((a, b) => a.generation - b.generation);
    // The largest and the newest are those that are looked at.
    const isTooMany = found.length > blocksMax;
    const apart = isTooMany
      ? new Set(found.toSorted((a, b) => b.bytes - a.bytes || b.generation - a.generation).slice(0, blocksMax))
      : null;
    const shown = apart === null ? found : found.filter((one) => apart.has(one));
    const rest = apart === null ? [] : found.filter((one) => !apart.has(one));
    const rows: Block[][] = [[]];
    let x = left;
    const add = (block: Omit<Block, 'x' | 'y'>) => {
      if (x + block.width > left + width && x > left) {
        rows.push([]);
        x = left;
      }
      rows[rows.length - 1].push({ ...block, x, y: 0 });
      x += block.width + gap;
    };
    if (rest.length > 0) {
      const bytes = rest.reduce((sum, one) => sum + one.bytes, 0);
      const gathered = { count: rest.length, bytes, generations: rest.map(({ generation }) => generation) };
      add({ key: `rest-${kind}-${number}`, side: gatheredHeight, width: gatheredWidth, sstable: null, gathered });
    }
    for (const sstable of shown) {
      const side = sideOf(sstable.bytes, scale);
      add({ key: String(sstable.generation), side, width: side, sstable, gathered: null });
    }
    const top = y;
    const blocks: Block[] = [];
    for (const row of rows) {
      const height = Math.max(sideMin, ...row.map(({ side }) => side));
      // Squares of a row stand on one line.
      for (const block of row) blocks.push({ ...block, y: y + height - block.side });
      y += height + gap;
    }
    const height = Math.max(16, y - gap - top);
    y = top + height + bandGap;
    const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
    return { kind, number, y: top, height, count: found.length, bytes, blocks };
  });
  return { table, height: Math.max(20, y - bandGap), bands };
}

/** The block that shows an SSTable, alone or among many; undefined where there is none. */
export function blockOf(lane: Lane, generation: number): Block | undefined {
  for (const { blocks } of lane.bands) {
    for (const block of blocks) {
      if (block.sstable?.generation === generation || block.gathered?.generations.includes(generation)) return block;
    }
  }
  return undefined;
}

/** How many blocks a band may have, so that a page of tables has some hundreds of them and not thousands. */
export function blocksOfBand(tables: readonly TableStats[]): number {
  const bands = tables.reduce((sum, { groups }) => sum + groups.length, 0);
  return Math.max(8, Math.min(60, Math.floor(360 / Math.max(1, bands))));
}

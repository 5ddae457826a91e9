import { CassetteError } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { type Component, Component as components } from '../descriptor/index.ts';
import type { ReadCommand } from '../io/read-command.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { Dice, int32, modelTable, prefix } from '../testing/model-table.ts';
import { plainPartitions } from '../testing/plain-rows.ts';
import { descriptorOf, isWritten, partitionsOf, plain, writeModel } from '../testing/written-model.ts';
import { nb, oa } from '../version/index.ts';
import { SSTableReader } from './sstable-reader.ts';

// Index.db and Summary.db have no checksums of their own: what they say is held against Data.db and against each other.

const asText = (value: unknown): string => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));

describe.each([nb, oa])('an index of $name of which one bit is wrong', (version) => {
  // Partitions of many blocks, with range deletions over their ends, and some without an index of rows.
  const dice = new Dice(5, !version.hasUIntDeletionTime);
  const model = partitionsOf(dice, 4, 18).filter(isWritten);
  const small = model.map((partition, i) => (i % 3 === 1 ? { ...partition, items: partition.items.slice(0, 0) } : partition));
  const files = writeModel(version, small.filter(isWritten), plain, 150);
  const keys = Array.from({ length: 5 }, (_, i) => int32(i * 7 - 3));

  const slices = (from: number, to: number) => [
    { start: prefix(BoundKind.INCL_START_BOUND, from), end: prefix(BoundKind.INCL_END_BOUND, to) },
  ];
  const commands: ReadCommand[] = [
    { partitions: { range: {} } },
    { partitions: { range: {} }, reversed: true },
    { partitions: { range: {} }, slices: slices(1, 3) },
    { partitions: { range: {} }, slices: slices(2, 2), reversed: true },
    { partitions: { range: {} }, slices: [] },
  ];
  for (const key of keys) {
    commands.push({ partitions: { keys: [key] } });
    commands.push({ partitions: { keys: [key] }, reversed: true });
    for (const c of [0, 2]) commands.push({ partitions: { keys: [key] }, slices: slices(c, c), reversed: c === 2 });
  }
  const open = (of: MemoryComponents, without: readonly Component[] = []) =>
    SSTableReader.open(descriptorOf(version), of.sources(without), { table: modelTable });
  const whole = open(files);
  for (let cursor = whole.cursor(commands[0]); cursor.nextPartition(); ) {
    const { tokenHi: hi, tokenLo: lo } = cursor;
    const afterKey = cursor.keyBytes.slice(0, cursor.keyTo);
    commands.push({ partitions: { range: { start: { hi, lo, inclusive: true, afterKey } } } });
    commands.push({ partitions: { range: { start: { hi, lo, inclusive: false } } }, slices: slices(0, 9) });
    commands.push({ partitions: { range: { end: { hi, lo, inclusive: false } } }, slices: slices(0, 9) });
  }
  const read = (reader: SSTableReader, command: ReadCommand) => asText(plainPartitions(reader.cursor(command)));
  const right = commands.map((command) => read(whole, command));

  /** Flips each bit in turn and reads; returns how often reads threw. */
  function flipAll(component: Component, without: readonly Component[]): number {
    const good = files.bytes(component);
    const wrong: string[] = [];
    let errors = 0;
    for (let position = 0; position < good.length; position++) {
      // All bits of each would take a minute.
      {
        const bit = (position * 5 + 3) % 8;
        const bytes = good.slice();
        bytes[position] ^= 1 << bit;
        const damaged = new MemoryComponents(descriptorOf(version));
        for (const other of files.components) damaged.set(other, other === component ? bytes : files.bytes(other));
        let reader: SSTableReader | null = null;
        for (let i = 0; i < commands.length; i++) {
          try {
            reader ??= open(damaged, without);
            if (read(reader, commands[i]) !== right[i]) wrong.push(`byte ${position} bit ${bit}: command ${i}`);
          } catch (error) {
            if (!(error instanceof CassetteError) || error.code !== 'CORRUPTION') throw error;
            errors++;
            if (reader === null) break;
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    return errors;
  }

  test('gives the right rows or CorruptionError: Index.db', () => {
    expect(whole.summary!.count).toBeGreaterThan(1);
    expect(flipAll(components.INDEX, [components.FILTER])).toBeGreaterThan(100);
  });

  test('gives the right rows or CorruptionError: Summary.db', () => {
    expect(flipAll(components.SUMMARY, [components.FILTER])).toBeGreaterThan(50);
  });
});

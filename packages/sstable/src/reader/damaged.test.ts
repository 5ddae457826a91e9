import { CassetteError } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { Dice, int32, modelTable, prefix } from '../testing/model-table.ts';
import { plainPartitions } from '../testing/plain-rows.ts';
import { descriptorOf, isWritten, partitionsOf, plain, writeModel, writtenVersions } from '../testing/written-model.ts';
import { SSTableReader } from './sstable-reader.ts';

/** A reader does not look at these, or is not given them here. */
const UNUSED: readonly Component[] = [Component.CRC, Component.DIGEST, Component.TOC];

describe.each(writtenVersions)('damaged bytes of $name', (version) => {
  const files = writeModel(
    version,
    partitionsOf(new Dice(21, !version.hasUIntDeletionTime), 6, 30).filter(isWritten),
    plain,
    100,
  );
  const keys = Array.from({ length: 6 }, (_, i) => int32(i * 7 - 3));

  function readAll(damaged: MemoryComponents, without: readonly Component[]): void {
    const reader = SSTableReader.open(descriptorOf(version), damaged.sources(without), { table: modelTable });
    plainPartitions(reader.cursor({ partitions: { range: {} } }));
    plainPartitions(reader.cursor({ partitions: { range: {} }, reversed: true }));
    plainPartitions(reader.cursor({ partitions: { keys } }));
    const slices = [{ start: prefix(BoundKind.INCL_START_BOUND, 1), end: prefix(BoundKind.INCL_END_BOUND, 3) }];
    plainPartitions(reader.cursor({ partitions: { range: {} }, slices }));
  }

  // Without CRC.db nothing warns the reader of Data.db: it must see for itself, or read something else; never hang nor fail otherwise.
  test.each(files.components.filter((component) => !UNUSED.includes(component)))(
    'in %s give an error with file and offset, or other rows, and nothing worse',
    (component) => {
      const good = files.bytes(component);
      const dice = new Dice(99);
      let errors = 0;
      for (let i = 0; i < 400; i++) {
        const damaged = new MemoryComponents(descriptorOf(version));
        for (const other of files.components) damaged.set(other, files.bytes(other));
        let bytes = good.slice();
        if (i % 4 === 0) bytes = bytes.slice(0, dice.below(bytes.length));
        else bytes[dice.below(bytes.length)] ^= 1 << dice.below(8);
        damaged.set(component, bytes);
        try {
          readAll(damaged, [Component.CRC]);
        } catch (error) {
          if (!(error instanceof CassetteError) || !['CORRUPTION', 'INVALID_REQUEST'].includes(error.code)) throw error;
          errors++;
        }
      }
      expect(errors).toBeGreaterThan(component === Component.FILTER ? 90 : 95);
    },
  );

  test('are found by CRC.db before anyone sees them', () => {
    const good = files.bytes(Component.DATA);
    for (let i = 0; i < good.length; i += 13) {
      const damaged = new MemoryComponents(descriptorOf(version));
      for (const other of files.components) damaged.set(other, files.bytes(other));
      const bytes = good.slice();
      bytes[i] ^= 0x10;
      damaged.set(Component.DATA, bytes);
      expect(() => readAll(damaged, [])).toThrow(/CRC32/);
    }
  });
});

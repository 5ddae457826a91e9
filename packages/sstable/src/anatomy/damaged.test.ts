import { CorruptionError } from '@cassette/bytes';
import { assert as check, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnsupportedCompressorError } from '../compression/index.ts';
import { Component } from '../descriptor/index.ts';
import { gapIn, strayIn } from '../testing/covered.ts';
import type { MemoryComponents } from '../testing/memory-files.ts';
import { sourceOf } from '../testing/memory-files.ts';
import { Dice } from '../testing/model-table.ts';
import { descriptorOf, isWritten, lz4, partitionsOf, plain, writeModel, writtenVersions } from '../testing/written-model.ts';
import type { Version } from '../version/index.ts';
import { anatomyOf, DataDirectory, type Piece } from './index.ts';

function written(version: Version, seed: number, isCompressed: boolean): MemoryComponents {
  const dice = new Dice(seed, !version.hasUIntDeletionTime);
  const partitions = partitionsOf(dice, 1 + dice.below(100), 1 + dice.below(16)).filter(isWritten);
  return writeModel(version, partitions, isCompressed ? lz4 : plain, 64 + dice.below(2000));
}

/** Does something with damaged bytes. */
function orCorrupt(work: () => void): void {
  try {
    work();
  } catch (error) {
    // A compressor's name may have become that of none.
    if (!(error instanceof UnsupportedCompressorError)) expect(error).toBeInstanceOf(CorruptionError);
  }
}

describe.each(writtenVersions)('SSTables of $name', (version) => {
  const made = record({ seed: nat(), isCompressed: constantFrom(true, false) });

  test('of any rows are explained without a gap, and from any byte', () => {
    check(
      property(made, nat(), ({ seed, isCompressed }, place) => {
        const files = written(version, seed, isCompressed);
        if (files.bytes(Component.DATA).length === 0) return;
        const sources = files.sources();
        for (const component of files.components) {
          for (const uncompressed of [false, true]) {
            const anatomy = anatomyOf(descriptorOf(version), sources, component, { uncompressed });
            const size = anatomy.root.to;
            // Before anything else was looked at, and after.
            if (size > 0) expect(strayIn(anatomy, place % size), component).toBe(null);
            const seen: Piece[] = [];
            expect(gapIn(anatomy, seen), component).toBe(null);
            expect(seen.filter(({ kind }) => kind === 'damage')).toEqual([]);
            if (size > 0) expect(strayIn(anatomy, (place * 7) % size), component).toBe(null);
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  test('that are damaged or cut anywhere are explained without a gap too: damage is a piece', () => {
    const damage = record({
      component: nat(),
      at: nat(),
      turn: integer({ min: 1, max: 255 }),
      cut: constantFrom(false, false, true),
      place: nat(),
    });
    check(
      property(made, damage, ({ seed, isCompressed }, { component, at, turn, cut, place }) => {
        const files = written(version, seed, isCompressed);
        if (files.bytes(Component.DATA).length === 0) return;
        const damaged = files.components[component % files.components.length];
        let bytes = files.bytes(damaged);
        if (bytes.length === 0) return;
        if (cut) bytes = bytes.subarray(0, at % bytes.length);
        else bytes[at % bytes.length] ^= turn;
        const sources = { ...files.sources(), [damaged]: sourceOf(bytes, damaged) };
        for (const one of new Set([damaged, Component.DATA, Component.ROWS])) {
          if (sources[one] === undefined) continue;
          for (const uncompressed of [false, true]) {
            const anatomy = anatomyOf(descriptorOf(version), sources, one, { uncompressed });
            expect(gapIn(anatomy), one).toBe(null);
            const size = anatomy.root.to;
            if (size > 0) expect(strayIn(anatomy, place % size), one).toBe(null);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('that are damaged give rows or a CorruptionError, in whichever order they are asked for', () => {
    check(
      property(made, nat(), integer({ min: 1, max: 255 }), nat(), ({ seed, isCompressed }, at, turn, component) => {
        const files = written(version, seed, isCompressed);
        if (files.bytes(Component.DATA).length === 0) return;
        const damaged = files.components[component % files.components.length];
        const bytes = files.bytes(damaged);
        if (bytes.length === 0) return;
        bytes[at % bytes.length] ^= turn;
        const sources = { ...files.sources(), [damaged]: sourceOf(bytes, damaged) };
        orCorrupt(() => {
          const directory = new DataDirectory(descriptorOf(version), sources);
          for (const index of [at % 50, 0, 3, 2, at % 7]) {
            const partition = directory.partition(index);
            if (partition === null) continue;
            orCorrupt(() => directory.readPartition(partition));
            orCorrupt(() => {
              for (let i = 0; i < 50; i++) {
                const place = directory.row(partition, i);
                if (place !== null && place.damage === '') orCorrupt(() => directory.readRow(place));
              }
            });
          }
        });
      }),
      { numRuns: 40 },
    );
  });
});

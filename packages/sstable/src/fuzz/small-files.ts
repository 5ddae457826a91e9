import { afterAll, describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { Dice } from '../testing/model-table.ts';
import type { Version } from '../version/index.ts';
import { anyDamage, type Damage, flips, lies, otherLengths } from './damage.ts';
import { Examination, type Expectation } from './examination.ts';
import { Guard } from './guard.ts';
import { believedPlaces, harmlessPlaces } from './places.ts';
import { isLong, seed, tell } from './report.ts';
import { componentsOf, inChunks, smallSpecimen } from './specimen.ts';

/** What is other where Data.db is compressed. */
const COMPRESSED: readonly Component[] = [Component.DATA, Component.COMPRESSION_INFO];

/** What a checksum covers: it finds a bit as well as a byte. */
const GUARDED: readonly Component[] = [Component.DATA, Component.STATISTICS, Component.DIGEST, Component.TOC];

const ALL_BITS = [1, 2, 4, 8, 16, 32, 64, 128, 0x55];

/**
 * Damages every byte of every component of small SSTables of the version, not compressed and compressed, cuts them everywhere and lets
 * them go on, and reads, verifies, dumps and explains what that gives.
 */
export function fuzzSmallFiles(version: Version, compressor: string): void {
  const guard = new Guard();
  // At once: what the undamaged files cost is counted when the tests are named.
  guard.install();
  afterAll(() => guard.remove());

  describe.each([smallSpecimen(version), smallSpecimen(version, inChunks(compressor))])('$name', (specimen) => {
    const examination = new Examination(specimen, guard);
    // Most components do not know whether Data.db is compressed.
    const components = componentsOf(specimen).filter(
      (one) => isLong || specimen.files.has(Component.CRC) || COMPRESSED.includes(one),
    );
    describe.each(components)('%s', (component) => {
      const good = specimen.files.get(component)!;
      const isHarmless = harmlessPlaces(specimen, component);
      const isBelieved = believedPlaces(specimen, component);

      function examine(what: string, damages: Iterable<Damage>, expectation: Expectation): number {
        const tally = examination.run(component, damages, { ...expectation, isHarmless, isBelieved });
        tell(`${specimen.name}, ${component}, ${what}`, tally);
        expect(tally).toEqual({ ...tally, unseen: [], wrong: [], faults: [] });
        return tally.files;
      }

      test('every byte changed gives the right rows or a CorruptionError with file and offset, and verify sees it', () => {
        const perByte = GUARDED.includes(component) ? 1 : 2;
        const files = examine('bytes', flips(good, perByte, isLong ? ALL_BITS : []), expectationOf(component));
        expect(files).toBeGreaterThanOrEqual(perByte * good.length);
      });

      test('every beginning, and what goes on too long, too', () => {
        expect(examine('lengths', otherLengths(good), expectationOf(component))).toBeGreaterThan(good.length);
      });

      test('lies about lengths and damage at random, too', () => {
        const step = isLong ? 1 : Math.ceil((good.length * 11) / (component === Component.STATISTICS ? 300 : 60));
        examine('lies', lies(good, step), expectationOf(component));
        const dice = new Dice(seed);
        const random = Array.from({ length: isLong ? 3000 : 20 }, () => anyDamage(good, dice));
        examine(`random, seed ${seed}`, random, expectationOf(component));
      });
    });

    // Nothing covers the bytes: rows may be others, but that is all.
    test('Data.db without its checksums gives rows, or a CorruptionError with file and offset', () => {
      const good = specimen.files.get(Component.DATA)!;
      const uncovered: Expectation = {
        rows: 'any',
        without: [Component.CRC],
        options: { verifyChecksums: false },
        verified: isLong,
        share: isLong ? 1 : 12,
      };
      const patterns = isLong ? ALL_BITS : [];
      const dice = new Dice(seed);
      const random = Array.from({ length: isLong ? 5000 : 100 }, () => anyDamage(good, dice));
      for (const damages of [flips(good, 1, patterns), otherLengths(good), lies(good, isLong ? 1 : 61), random]) {
        const tally = examination.run(Component.DATA, damages, uncovered);
        tell(`${specimen.name}, Data.db unchecked, seed ${seed}`, tally);
        expect(tally.faults).toEqual([]);
      }
    });
  });
}

function expectationOf(component: Component): Expectation {
  const isIndex = component !== Component.DATA && component !== Component.DIGEST && component !== Component.TOC;
  return { rows: component === Component.FILTER ? 'keys may be missing' : 'checked', share: isLong ? 1 : isIndex ? 3 : 12 };
}

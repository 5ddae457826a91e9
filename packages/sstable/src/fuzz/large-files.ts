import { afterAll, describe, expect, test } from 'vitest';
import { decodeCompressionInfo } from '../compression/index.ts';
import { Component } from '../descriptor/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { Dice } from '../testing/model-table.ts';
import type { Version } from '../version/index.ts';
import { anyDamage, type Damage, swappedPieces } from './damage.ts';
import { Examination, type Expectation } from './examination.ts';
import { Guard } from './guard.ts';
import { believedPlaces, harmlessPlaces } from './places.ts';
import { isLong, seed, tell } from './report.ts';
import { componentsOf, goldenSpecimen, type Specimen } from './specimen.ts';

/** A partition of many blocks of rows, hundreds of partitions in pages of a trie, and chunks of a KiB. */
const LARGE = ['wide/g/blocks_desc/', 'pages/g/partitions/', 'chunks/g/lz4_1/'];
const PAGE = 4096;

/** Damages at random what Cassandra wrote of the version: bits, bytes, cuts, pieces lost, doubled, moved and swapped. */
export function fuzzLargeFiles(version: Version): void {
  const guard = new Guard();
  guard.install();
  afterAll(() => guard.remove());

  const goldens = goldenSSTables().filter(({ name }) => LARGE.some((one) => name.startsWith(`${version.name}/${one}`)));
  test('there is a golden of each kind', () => expect(goldens.length).toBeGreaterThanOrEqual(LARGE.length));

  describe.each(goldens.map((golden) => goldenSpecimen(golden, 3)))('$name', (specimen) => {
    const examination = new Examination(specimen, guard);
    test.each(componentsOf(specimen))(`%s damaged at random, seed ${seed}`, (component) => {
      const good = specimen.files.get(component)!;
      const dice = new Dice(seed);
      const count = (isLong ? 250 : 4) * (component === Component.DATA ? 4 : 1);
      const examine = (what: string, damages: readonly Damage[], expectation: Expectation) => {
        const tally = examination.run(component, damages, {
          ...expectation,
          share: isLong ? 2 : 8,
          isHarmless: harmlessPlaces(specimen, component),
          isBelieved: believedPlaces(specimen, component),
        });
        tell(`${specimen.name}, ${component}, ${what}, seed ${seed}`, tally);
        expect(tally).toEqual({ ...tally, unseen: [], wrong: [], faults: [] });
      };
      const rows = component === Component.FILTER ? 'keys may be missing' : 'checked';
      examine(
        'random',
        Array.from({ length: count }, () => anyDamage(good, dice)),
        { rows },
      );
      const starts = piecesOf(specimen, component);
      const swaps = Array.from({ length: Math.ceil(count / 2) }, () => swappedPieces(good, starts, dice));
      // A chunk's checksum goes with it: of two that are as long as each other it does not tell the place, the digest of all does.
      const moves = component === Component.DATA && specimen.files.has(Component.COMPRESSION_INFO);
      examine('swapped', swaps, { rows: moves ? 'any' : rows });
    });
  });
}

/** Where the chunks of a Data.db begin, else its pages. */
function piecesOf({ files }: Specimen, component: Component): ArrayLike<number> {
  const info = files.get(Component.COMPRESSION_INFO);
  if (component === Component.DATA && info !== undefined) return decodeCompressionInfo(info, 'CompressionInfo.db').chunkOffsets;
  const size = Math.min(PAGE, Math.ceil(files.get(component)!.length / 4));
  return Array.from({ length: Math.ceil(files.get(component)!.length / size) }, (_, i) => i * size);
}

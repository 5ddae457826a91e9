import { describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { gapIn, strayIn } from '../testing/covered.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { Dice } from '../testing/model-table.ts';
import { anatomyOf, type Piece } from './index.ts';

const all = goldenSSTables();

describe.each(all)('$name', ({ descriptor, files }) => {
  const sources = files.sources();

  test('the leaves of each component are all of its bytes, and none is damage', () => {
    const dice = new Dice(files.bytes(Component.STATISTICS).length);
    for (const component of files.components) {
      for (const uncompressed of component === Component.DATA ? [false, true] : [false]) {
        const anatomy = anatomyOf(descriptor, sources, component, { uncompressed });
        const seen: Piece[] = [];
        expect(gapIn(anatomy, seen), component).toBe(null);
        expect(
          seen.filter(({ kind }) => kind === 'damage'),
          component,
        ).toEqual([]);
        if (anatomy.root.to === 0) continue;
        const from = dice.below(anatomy.root.to);
        const to = from + 1 + dice.below(300);
        const within = seen.filter((leaf) => leaf.to > from && leaf.from < to).map(({ id }) => id);
        expect(anatomy.leaves(from, to, 1000).map(({ id }) => id)).toEqual(within);
        for (let i = 0; i < 4; i++) expect(strayIn(anatomy, dice.below(anatomy.root.to)), component).toBe(null);
        // And where nothing was seen before.
        const fresh = anatomyOf(descriptor, sources, component, { uncompressed });
        expect(strayIn(fresh, dice.below(fresh.root.to)), component).toBe(null);
      }
    }
  });
});

import type { EngineEvent, EngineStats } from '@cassette/client';
import { expect, test } from 'vitest';
import { retiredShownMs, segmentsAt, withEvents } from './log-segments.ts';

let sequence = 0;
const at = 1_000_000;
const event = (happening: object): EngineEvent => ({ ...happening, sequence: sequence++, at }) as EngineEvent;
const committed = (segment: number, bytes: number) => event({ type: 'committed', writes: 1, bytes, segment });

test('a segment fills, is sealed when the next one fills, and goes some moments after it was retired', () => {
  const filled = withEvents([], [event({ type: 'wal-segment-created', segment: 1 }), committed(1, 100), committed(1, 50)]);
  expect(filled).toEqual([{ number: 1, bytes: 150, state: 'filling', retiredAt: 0 }]);
  const next = withEvents(filled, [event({ type: 'wal-segment-created', segment: 2 }), committed(1, 5), committed(2, 7)]);
  expect(next.map(({ number, bytes, state }) => [number, bytes, state])).toEqual([
    [1, 155, 'sealed'],
    [2, 7, 'filling'],
  ]);
  const retired = withEvents(next, [event({ type: 'wal-segment-retired', segment: 1 })]);
  expect(segmentsAt(retired, null, at + retiredShownMs - 1).map(({ state }) => state)).toEqual(['retired', 'filling']);
  expect(segmentsAt(retired, null, at + retiredShownMs).map(({ state }) => state)).toEqual(['filling']);
});

test('what was written before anybody listened is what the sum leaves', () => {
  const stats = {
    wal: { bytes: 1000, segments: 2, currentSegment: 5 },
    memtables: [{ firstSegment: 4 }, { firstSegment: 5 }],
  } as unknown as EngineStats;
  expect(
    segmentsAt(withEvents([], [committed(5, 10)]), stats, at).map(({ number, bytes, state }) => [number, bytes, state]),
  ).toEqual([
    [4, 500, 'sealed'],
    [5, 500, 'filling'],
  ]);
});

test('another owner begins anew, with the segments that it replayed, until no memtable needs them', () => {
  const report = {
    segments: [
      { file: 'wal-0000000003.log', bytes: 70 },
      { file: 'wal-0000000004.log', bytes: 20 },
    ],
  };
  const known = withEvents(withEvents([], [committed(1, 10)]), [event({ type: 'recovered', report })]);
  expect(known.map(({ number, bytes, state }) => [number, bytes, state])).toEqual([
    [3, 70, 'sealed'],
    [4, 20, 'sealed'],
  ]);
  const stats = {
    wal: { bytes: 25, segments: 2, currentSegment: 5 },
    memtables: [{ firstSegment: 4 }],
  } as unknown as EngineStats;
  expect(segmentsAt(known, stats, at).map(({ number, bytes }) => [number, bytes])).toEqual([
    [4, 20],
    [5, 5],
  ]);
});

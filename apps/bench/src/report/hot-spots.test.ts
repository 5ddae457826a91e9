import { expect, test } from 'vitest';
import { hotSpots, printHotSpots, type TraceEvent } from './hot-spots.ts';

const thread = { pid: 1, tid: 2 };
const events: readonly TraceEvent[] = [
  {
    ...thread,
    name: 'ProfileChunk',
    id: '0x1',
    args: { data: chunk([node(1, '(idle)'), node(2, 'encode', 9)], [1, 2], [500_000, 30_000]) },
  },
  { ...thread, name: 'ProfileChunk', id: '0x1', args: { data: chunk([node(3, '', 4)], [3, 2], [10_000, 10_000]) } },
  { ...thread, name: 'Profile', id: '0x1', args: {} },
  { ...thread, name: 'thread_name', args: { name: 'DedicatedWorker' } },
];

function node(id: number, functionName: string, lineNumber = 0) {
  return { id, callFrame: { functionName, url: 'http://x/client/worker.js', lineNumber } };
}

function chunk(nodes: ReturnType<typeof node>[], samples: number[], timeDeltas: number[]) {
  return { cpuProfile: { nodes, samples }, timeDeltas };
}

test('time is summed up by place over all chunks of a thread, idle time left out', () => {
  expect([...hotSpots(events)]).toEqual([
    [
      'DedicatedWorker 1:0x1',
      [
        { place: 'encode client/worker.js:10', self: 40, part: 0.8 },
        { place: '(anonymous) client/worker.js:5', self: 10, part: 0.2 },
      ],
    ],
  ]);
});

test('the hottest places are printed', () => {
  const [spots] = [...hotSpots(events).values()];
  expect(printHotSpots(spots, 1)).toBe('self ms     %  where\n     40  80.0  encode client/worker.js:10');
});

import { expect, test } from 'vitest';
import { hotSpots, marks, printHotSpots, type TraceEvent } from './hot-spots.ts';

const thread = { pid: 1, tid: 2 };
const idle = node(1, '(idle)');
const events: readonly TraceEvent[] = [
  { ...thread, name: 'ProfileChunk', id: '0x1', args: { data: chunk([idle, node(2, 'encode', 9)], [1, 2], [0, 500_000]) } },
  { ...thread, name: 'ProfileChunk', id: '0x1', args: { data: chunk([node(3, '', 4)], [3, 2, 1], [40_000, 10_000, 50_000]) } },
  { ...thread, name: 'Profile', id: '0x1', args: { data: { startTime: 1_000_000 } } },
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
      'DedicatedWorker 1:0x1, 100 ms',
      [
        { place: 'encode client/worker.js:10', self: 90, part: 0.9 },
        { place: '(anonymous) client/worker.js:5', self: 10, part: 0.1 },
      ],
    ],
  ]);
});

test('time outside of the marks is left out', () => {
  const marked = [
    ...events,
    { ...thread, name: marks.begin, ts: 1_520_000, args: {} },
    { ...thread, name: marks.end, ts: 1_549_000, args: {} },
  ];
  expect([...hotSpots(marked).values()]).toEqual([[{ place: '(anonymous) client/worker.js:5', self: 10, part: 1 }]]);
});

test('the hottest places are printed', () => {
  const [spots] = [...hotSpots(events).values()];
  expect(printHotSpots(spots, 1)).toBe('self ms     %  where\n     90  90.0  encode client/worker.js:10');
});

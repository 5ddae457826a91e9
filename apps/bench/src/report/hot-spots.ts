import { type Column, printTable } from './table.ts';

/** A place in the code that time goes to. */
export interface HotSpot {
  /** Function, file and line (from 1). */
  readonly place: string;
  /** Milliseconds in the function itself. */
  readonly self: number;
  /** Part of all time in which the thread did something. */
  readonly part: number;
}

interface Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url?: string;
    readonly lineNumber?: number;
    readonly columnNumber?: number;
  };
}

/** What of a trace event is looked at: V8's sampling profiler in DevTools' trace format. */
export interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly id?: string;
  readonly args: {
    readonly name?: string;
    readonly data?: {
      readonly cpuProfile?: { readonly nodes?: readonly Node[]; readonly samples?: readonly number[] };
      readonly timeDeltas?: readonly number[];
    };
  };
}

/** The source of a place in built code, for people: file and line. `line` and `column` count from 0. */
export type Locate = (url: string, line: number, column: number) => string;

/** Where each thread's time went, hottest first, by the thread's name. Threads that did nothing are left out. */
export function hotSpots(events: readonly TraceEvent[], locate: Locate = asItIs): Map<string, HotSpot[]> {
  const profiles = new Map<string, { nodes: Map<number, Node>; self: Map<string, number>; thread: string; busy: number }>();
  const threads = new Map<string, string>();
  for (const event of events) {
    if (event.name === 'thread_name') threads.set(`${event.pid}:${event.tid}`, event.args.name ?? '');
    if (event.name === 'Profile') {
      profiles.set(`${event.pid}:${event.id}`, {
        nodes: new Map(),
        self: new Map(),
        thread: `${event.pid}:${event.tid}`,
        busy: 0,
      });
    }
  }
  for (const event of events) {
    const profile = event.name === 'ProfileChunk' ? profiles.get(`${event.pid}:${event.id}`) : undefined;
    const data = event.args?.data;
    if (profile === undefined || data?.cpuProfile === undefined) continue;
    for (const node of data.cpuProfile.nodes ?? []) profile.nodes.set(node.id, node);
    (data.cpuProfile.samples ?? []).forEach((id, i) => {
      const node = profile.nodes.get(id);
      const milliseconds = (data.timeDeltas?.[i] ?? 0) / 1000;
      if (node === undefined || node.callFrame.functionName === '(idle)') return;
      const place = placeOf(node, locate);
      profile.self.set(place, (profile.self.get(place) ?? 0) + milliseconds);
      profile.busy += milliseconds;
    });
  }
  const result = new Map<string, HotSpot[]>();
  for (const [id, { self, thread, busy }] of profiles) {
    if (busy < 10) continue;
    const spots = [...self].map(([place, ms]) => ({ place, self: ms, part: ms / busy })).sort((a, b) => b.self - a.self);
    result.set(`${threads.get(thread) ?? 'thread'} ${id}`, spots);
  }
  return result;
}

function placeOf({ callFrame }: Node, locate: Locate): string {
  const { functionName, url = '', lineNumber = 0, columnNumber = 0 } = callFrame;
  const file = url === '' ? '' : ` ${locate(url, lineNumber, columnNumber)}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${file}`;
}

function asItIs(url: string, line: number): string {
  return `${url.split('/').slice(-2).join('/')}:${line + 1}`;
}

const columns: readonly Column[] = [
  { title: 'self ms', align: 'right' },
  { title: '%', align: 'right' },
  { title: 'where', align: 'left' },
];

/** The hottest places as a table. */
export function printHotSpots(spots: readonly HotSpot[], count: number): string {
  const rows = spots.slice(0, count).map(({ place, self, part }) => [self.toFixed(0), (part * 100).toFixed(1), place]);
  return printTable(columns, rows);
}

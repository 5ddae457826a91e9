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
  /** Microseconds. */
  readonly ts?: number;
  readonly args: {
    readonly name?: string;
    readonly data?: {
      /** Microseconds, where the event begins a profile. */
      readonly startTime?: number;
      readonly cpuProfile?: { readonly nodes?: readonly Node[]; readonly samples?: readonly number[] };
      readonly timeDeltas?: readonly number[];
    };
  };
}

/** The source of a place in built code, for people: file and line. `line` and `column` count from 0. */
export type Locate = (url: string, line: number, column: number) => string;

/** Marks around what counts: time outside of them is left out. */
export const marks = { begin: 'bench begin', end: 'bench end' } as const;

interface Profile {
  readonly thread: string;
  readonly nodes: Map<number, Node>;
  /** Node and time of each sample, in order. */
  readonly samples: { readonly id: number; readonly at: number }[];
  /** Of the last sample, or where the profile began. Microseconds. */
  at: number;
}

/**
 * Where each thread's time went, hottest first, by the thread's name; inside of {@link marks} where there are such. Threads that
 * did next to nothing are left out.
 */
export function hotSpots(events: readonly TraceEvent[], locate: Locate = asItIs): Map<string, HotSpot[]> {
  const threads = new Map<string, string>();
  for (const { name, pid, tid, args } of events) if (name === 'thread_name') threads.set(`${pid}:${tid}`, args.name ?? '');
  const counts = windowsOf(events);
  const result = new Map<string, HotSpot[]>();
  for (const [id, { thread, nodes, samples }] of profilesOf(events)) {
    const self = new Map<string, number>();
    let busy = 0;
    for (let i = 0; i + 1 < samples.length; i++) {
      const node = nodes.get(samples[i].id);
      if (node === undefined || node.callFrame.functionName === '(idle)' || !counts(samples[i].at)) continue;
      const place = placeOf(node, locate);
      const milliseconds = (samples[i + 1].at - samples[i].at) / 1000;
      self.set(place, (self.get(place) ?? 0) + milliseconds);
      busy += milliseconds;
    }
    if (busy < 10) continue;
    const spots = [...self].map(([place, ms]) => ({ place, self: ms, part: ms / busy })).sort((a, b) => b.self - a.self);
    result.set(`${threads.get(thread) ?? 'thread'} ${id}, ${busy.toFixed(0)} ms`, spots);
  }
  return result;
}

function profilesOf(events: readonly TraceEvent[]): Map<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const { name, pid, tid, id, args } of events) {
    if (name !== 'Profile') continue;
    profiles.set(`${pid}:${id}`, { thread: `${pid}:${tid}`, nodes: new Map(), samples: [], at: args.data?.startTime ?? 0 });
  }
  for (const { name, pid, id, args } of events) {
    const profile = name === 'ProfileChunk' ? profiles.get(`${pid}:${id}`) : undefined;
    if (profile === undefined) continue;
    const { cpuProfile, timeDeltas = [] } = args.data ?? {};
    for (const node of cpuProfile?.nodes ?? []) profile.nodes.set(node.id, node);
    (cpuProfile?.samples ?? []).forEach((sample, i) => {
      profile.at += timeDeltas[i] ?? 0;
      profile.samples.push({ id: sample, at: profile.at });
    });
  }
  return profiles;
}

function windowsOf(events: readonly TraceEvent[]): (at: number) => boolean {
  const times = (mark: string) => events.filter(({ name }) => name === mark).map(({ ts = 0 }) => ts);
  const begins = times(marks.begin).sort((a, b) => a - b);
  const ends = times(marks.end).sort((a, b) => a - b);
  if (begins.length === 0) return () => true;
  return (at) => begins.some((begin, i) => at >= begin && at <= (ends[i] ?? Number.POSITIVE_INFINITY));
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

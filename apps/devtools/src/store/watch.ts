// What the engine is doing, as signals: figures, samples for plots, events, schema.

import type { EngineEvent, EngineStats, KeyspaceInfo, RecoveryReport, RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import { type Sample, sampleBetween, withSample } from './samples.ts';

/** An event and when the page heard of it; commits that follow each other closely are one entry. */
export interface TimelineEntry {
  readonly id: number;
  readonly at: Date;
  readonly event: EngineEvent;
  /** Group commits gathered in a `committed` entry. */
  readonly groups: number;
}

/** What an opening of the store found. */
export interface Opening {
  /** Counts the openings that this page has heard of. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly report: RecoveryReport;
}

/** The newest figures; null until the first have come. */
export const stats = signal<EngineStats | null>(null);
/** One a second of the last five minutes, oldest first; none while the page is hidden. */
export const samples = signal<readonly Sample[]>([]);
/** Newest first. */
export const timeline = signal<readonly TimelineEntry[]>([]);
/** The last opening; null until the store's owner has told. It changes when another worker takes the store over. */
export const opening = signal<Opening | null>(null);
/** Keyspaces with their tables; null until they have come. */
export const schema = signal<readonly KeyspaceInfo[] | null>(null);
/** The schema as CQL. */
export const schemaText = signal('');

const entriesMax = 200;
const commitsTogetherMs = 1500;
/** How often the list of events changes at most: an engine at work tells some thirty times a second. Milliseconds. */
const tellMs = 150;
/** How often figures are asked for at most, beside those of each second: they cost the engine its time. Milliseconds. */
const refreshMs = 250;
let nextId = 1;

const hearers = new Set<(events: readonly EngineEvent[]) => void>();

/** Calls back with each event of the watched store as it comes, for what moves; what is returned ends that. */
export function hear(hearer: (events: readonly EngineEvent[]) => void): () => void {
  hearers.add(hearer);
  return () => {
    hearers.delete(hearer);
  };
}

function record(known: readonly TimelineEntry[], events: readonly EngineEvent[]): readonly TimelineEntry[] {
  const entries = [...known];
  for (const event of events) {
    const at = new Date(event.at);
    const last = entries[0];
    // Progress is told again and again: the newest is enough.
    if (last !== undefined && event.type.endsWith('-progress') && last.event.type === event.type) {
      entries[0] = { id: last.id, at, event, groups: 1 };
    } else if (
      event.type === 'committed' &&
      last?.event.type === 'committed' &&
      last.event.segment === event.segment &&
      at.getTime() - last.at.getTime() < commitsTogetherMs
    ) {
      const sum = { ...event, writes: last.event.writes + event.writes, bytes: last.event.bytes + event.bytes };
      entries[0] = { id: last.id, at, event: sum, groups: last.groups + 1 };
    } else {
      entries.unshift({ id: nextId++, at, event, groups: 1 });
    }
  }
  return entries.slice(0, entriesMax);
}

async function readSchema(database: RemoteDatabase): Promise<void> {
  const [keyspaces, text] = await Promise.all([database.metadata(), database.describe()]);
  schema.value = keyspaces;
  schemaText.value = text;
}

/** Watches an open store; the returned function ends it. `failed` hears of a call that went wrong. */
export function watch(database: RemoteDatabase, failed: (error: unknown) => void): () => void {
  let watching = true;
  let asking = false;
  let askAgainAt = 0;
  let sampled: EngineStats | null = null;
  let untold: EngineEvent[] = [];
  let telling: ReturnType<typeof setTimeout> | null = null;
  let refreshing: ReturnType<typeof setTimeout> | null = null;
  stats.value = null;
  samples.value = [];
  opening.value = null;
  schema.value = null;
  schemaText.value = '';
  timeline.value = [];
  const ask = async (forSample: boolean) => {
    // Figures that nobody sees are not asked for, and one question at a time is enough.
    if (asking || !watching || document.visibilityState === 'hidden') return;
    asking = true;
    const asked = performance.now();
    try {
      const now = await database.stats();
      if (!watching) return;
      stats.value = now;
      if (!forSample) return;
      samples.value = withSample(samples.peek(), sampleBetween(sampled, now, Date.now() / 1000));
      sampled = now;
    } catch (error) {
      if (watching) failed(error);
    } finally {
      asking = false;
      const done = performance.now();
      askAgainAt = done + Math.max(refreshMs, (done - asked) * 5);
    }
  };
  const refresh = () => {
    refreshing ??= setTimeout(
      () => {
        refreshing = null;
        void ask(false);
      },
      Math.max(0, askAgainAt - performance.now()),
    );
  };
  const tell = () => {
    telling = null;
    const events = untold;
    untold = [];
    timeline.value = record(timeline.peek(), events);
  };
  const heard = (events: readonly EngineEvent[]) => {
    if (!watching) return;
    untold.push(...events);
    telling ??= setTimeout(tell, tellMs);
    for (const event of events) {
      if (event.type === 'recovered') {
        opening.value = { number: (opening.peek()?.number ?? 0) + 1, at: event.at, report: event.report };
      }
    }
    for (const hearer of hearers) hearer(events);
    if (events.some(({ type }) => type === 'schema-changed')) readSchema(database).catch(failed);
    refresh();
  };
  const second = () => void ask(true);
  const listening = database.listen(heard);
  listening.catch(failed);
  readSchema(database).catch(failed);
  second();
  const timer = setInterval(second, 1000);
  document.addEventListener('visibilitychange', refresh);
  return () => {
    watching = false;
    // A store that was closed, or whose worker is gone, tells nothing any more.
    listening.then((stop) => stop()).catch((error: unknown) => console.info('The events of a store that was left:', error));
    clearInterval(timer);
    if (telling !== null) clearTimeout(telling);
    if (refreshing !== null) clearTimeout(refreshing);
    document.removeEventListener('visibilitychange', refresh);
  };
}

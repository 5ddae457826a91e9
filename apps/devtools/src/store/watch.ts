// What the engine is doing, as signals: figures, events, schema.

import type { EngineEvent, EngineStats, KeyspaceInfo, RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';

/** An event and when the page heard of it; commits that follow each other closely are one entry. */
export interface TimelineEntry {
  readonly id: number;
  readonly at: Date;
  readonly event: EngineEvent;
  /** Group commits gathered in a `committed` entry. */
  readonly groups: number;
}

/** The newest figures; null until the first have come. */
export const stats = signal<EngineStats | null>(null);
/** Newest first. */
export const timeline = signal<readonly TimelineEntry[]>([]);
/** Keyspaces with their tables; null until they have come. */
export const schema = signal<readonly KeyspaceInfo[] | null>(null);
/** The schema as CQL. */
export const schemaText = signal('');

const entriesMax = 200;
const commitsTogetherMs = 1500;
let nextId = 1;

function record(events: readonly EngineEvent[]): void {
  let entries = timeline.value;
  for (const event of events) {
    const at = new Date(event.at);
    const last = entries[0];
    // Progress is told again and again: the newest is enough.
    if (last !== undefined && event.type.endsWith('-progress') && last.event.type === event.type) {
      entries = [{ id: last.id, at, event, groups: 1 }, ...entries.slice(1)];
      continue;
    }
    if (
      event.type === 'committed' &&
      last?.event.type === 'committed' &&
      last.event.segment === event.segment &&
      at.getTime() - last.at.getTime() < commitsTogetherMs
    ) {
      const sum = { ...event, writes: last.event.writes + event.writes, bytes: last.event.bytes + event.bytes };
      entries = [{ id: last.id, at, event: sum, groups: last.groups + 1 }, ...entries.slice(1)];
    } else {
      entries = [{ id: nextId++, at, event, groups: 1 }, ...entries].slice(0, entriesMax);
    }
  }
  timeline.value = entries;
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
  stats.value = null;
  schema.value = null;
  schemaText.value = '';
  timeline.value = [];
  const refresh = async () => {
    // Figures that nobody sees are not asked for, and one question at a time is enough.
    if (asking || !watching || document.visibilityState === 'hidden') return;
    asking = true;
    try {
      const now = await database.stats();
      if (watching) stats.value = now;
    } catch (error) {
      if (watching) failed(error);
    } finally {
      asking = false;
    }
  };
  const heard = (events: readonly EngineEvent[]) => {
    if (!watching) return;
    record(events);
    if (events.some(({ type }) => type === 'schema-changed')) readSchema(database).catch(failed);
    void refresh();
  };
  database.listen(heard).catch(failed);
  readSchema(database).catch(failed);
  void refresh();
  const timer = setInterval(refresh, 1000);
  document.addEventListener('visibilitychange', refresh);
  return () => {
    watching = false;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', refresh);
  };
}

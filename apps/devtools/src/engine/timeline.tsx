import type { EngineEvent } from '@cassette/client';
import { type TimelineEntry, timeline } from '../store/watch.ts';
import { bytes, milliseconds, plural } from '../text/numbers.ts';

interface Words {
  readonly look: 'commit' | 'flush' | 'file' | 'schema' | 'plain' | 'bad';
  readonly text: string;
}

function words({ event, groups }: TimelineEntry): Words {
  return describe(event, groups);
}

function describe(event: EngineEvent, groups: number): Words {
  switch (event.type) {
    case 'recovered':
      return { look: 'plain', text: `Opened: ${plural(event.report.mutationsReplayed, 'write')} replayed` };
    case 'committed':
      return {
        look: 'commit',
        text: `${plural(groups, 'group commit')}, ${bytes(event.bytes)} synced to log segment ${event.segment}`,
      };
    case 'commit-failed':
      return { look: 'bad', text: `${plural(event.writes, 'write')} failed: ${event.message}` };
    case 'wal-segment-created':
      return { look: 'plain', text: `Log segment ${event.segment} begun` };
    case 'wal-segment-retired':
      return { look: 'plain', text: `Log segment ${event.segment} retired` };
    case 'memtables-sealed':
      return { look: 'flush', text: `${plural(event.tables, 'memtable')} sealed (${bytes(event.bytes)})` };
    case 'flush-started':
      return { look: 'flush', text: `Flush of ${plural(event.tables, 'table')} begun` };
    case 'flush-finished':
      return {
        look: 'flush',
        text: `Flush done: ${plural(event.sstables, 'SSTable')}, ${bytes(event.bytes)} in ${milliseconds(event.milliseconds)}`,
      };
    case 'flush-failed':
      return { look: 'bad', text: `Flush failed, ${event.code}: ${event.message}` };
    case 'compaction-started':
      return {
        look: 'flush',
        text: `Compaction of ${event.keyspace}.${event.table} begun: ${plural(event.inputs.length, 'SSTable')}, ${bytes(event.bytes)}`,
      };
    case 'compaction-finished':
      return {
        look: 'flush',
        text: `Compaction done: ${plural(event.inputs.length, 'SSTable')} to ${event.outputs.length}, ${bytes(event.bytesWritten)} in ${milliseconds(event.milliseconds)}`,
      };
    case 'compaction-failed':
      return { look: 'bad', text: `Compaction of ${event.keyspace}.${event.table} failed, ${event.code}: ${event.message}` };
    case 'sstable-added':
      return { look: 'file', text: `${event.keyspace}.${event.table} nb-${event.generation}-big added, ${bytes(event.bytes)}` };
    case 'sstable-removed':
      return { look: 'file', text: `${event.keyspace}.${event.table} nb-${event.generation}-big removed` };
    case 'schema-changed':
      return { look: 'schema', text: 'Schema changed' };
    case 'closed':
      return { look: 'plain', text: 'Closed' };
    default:
      return { look: 'plain', text: (event as { type: string }).type };
  }
}

/** What happened, newest first. */
export function Timeline() {
  return (
    <section aria-label="Events">
      <h3>Events</h3>
      <ol class="timeline">
        {timeline.value.map((entry) => {
          const { look, text } = words(entry);
          return (
            <li key={entry.id} class={`event-${look}`}>
              <time dateTime={entry.at.toISOString()}>{entry.at.toTimeString().slice(0, 8)}</time>
              <span>{text}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

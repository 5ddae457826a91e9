import type { EngineEvent } from '@cassette/client';
import type { TimelineEntry } from '../store/watch.ts';
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
        text: `${plural(groups, 'group commit')}, ${bytes(event.bytes)} written to log segment ${event.segment}`,
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
    case 'flush-progress':
      return { look: 'flush', text: `Flushing ${event.keyspace}.${event.table}: ${bytes(event.bytesWritten)} so far` };
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
    case 'compaction-progress':
      return {
        look: 'flush',
        text: `Compacting ${event.keyspace}.${event.table}: ${bytes(event.bytesRead)} of ${bytes(event.bytes)}`,
      };
    case 'compaction-interrupted':
      return { look: 'plain', text: `Compaction of ${event.keyspace}.${event.table} given up` };
    case 'compaction-finished':
      return {
        look: 'flush',
        text: `Compaction done: ${plural(event.inputs.length, 'SSTable')} to ${event.outputs.length}, ${bytes(event.bytesWritten)} in ${milliseconds(event.milliseconds)}`,
      };
    case 'compaction-failed':
      return { look: 'bad', text: `Compaction of ${event.keyspace}.${event.table} failed, ${event.code}: ${event.message}` };
    case 'sstable-added':
      return { look: 'file', text: `${event.keyspace}.${event.table}: SSTable ${event.generation} added, ${bytes(event.bytes)}` };
    case 'sstable-removed':
      return { look: 'file', text: `${event.keyspace}.${event.table}: SSTable ${event.generation} removed` };
    case 'wal-flush-failed':
      return { look: 'bad', text: `${bytes(event.bytes)} of the log could not be synced: ${event.message}` };
    case 'storage-low':
      return { look: 'bad', text: `Room gets short: ${bytes(event.usage)} of ${bytes(event.quota)} are taken` };
    case 'sweep-failed':
      return { look: 'bad', text: `Files that nobody needs stay for now: ${event.message}` };
    case 'corruption':
      return { look: 'bad', text: `${event.file} is damaged at ${event.position}: ${event.message}` };
    case 'slow-query':
      return { look: 'bad', text: `Slow, ${milliseconds(event.milliseconds)}: ${event.query.trim()}` };
    case 'export-started':
      return { look: 'plain', text: 'Export begun' };
    case 'import-started':
      return { look: 'plain', text: 'Import begun' };
    case 'export-finished':
    case 'import-finished':
      return {
        look: 'file',
        text: `${event.type === 'export-finished' ? 'Export' : 'Import'} done: ${plural(event.sstables, 'SSTable')}, ${bytes(event.bytes)} in ${milliseconds(event.milliseconds)}`,
      };
    case 'export-failed':
    case 'import-failed':
      return {
        look: event.code === 'ABORTED' ? 'plain' : 'bad',
        text: `${event.type === 'export-failed' ? 'Export' : 'Import'} failed, ${event.code}: ${event.message}`,
      };
    case 'schema-changed':
      return { look: 'schema', text: 'Schema changed' };
    case 'closed':
      return { look: 'plain', text: 'Closed' };
  }
}

/** What happened, newest first. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <section aria-label="Events">
      <h3>Events</h3>
      <ol class="timeline">
        {entries.map((entry) => {
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

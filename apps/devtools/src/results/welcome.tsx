import type { RemoteDatabase } from '@cassette/client';
import { isEmbedded } from '../frame/host.ts';
import { follow, linkTo } from '../frame/route.ts';
import { SampleButton } from '../sample/sample-button.tsx';
import { durabilityWords } from '../store/durability-words.ts';
import { schema } from '../store/watch.ts';

/** What an empty result area says: what this is, and how to try it. */
export function Welcome({ database }: { database: RemoteDatabase }) {
  const empty = schema.value?.every(({ tables }) => tables.length === 0) ?? false;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="welcome" tabIndex={0} aria-label="What this is">
      <ol class="way">
        <li>
          <h3>Write</h3>
          <p>
            You type CQL. A write goes to the log and into memory.{' '}
            {database.persistent && database.durability.kind === 'sync-each-write'
              ? 'The log is synced to disk before its promise resolves: closing the tab, or pulling the plug, does not take it.'
              : `When it is on the disk this store says above: ${durabilityWords(database, schema.value ?? []).words}.`}
          </p>
        </li>
        <li>
          <h3>Keep</h3>
          <p>
            Rows in memory become SSTables, eight files each, byte by byte as Apache Cassandra 5.0 writes them, in this browser's
            private file system.
          </p>
        </li>
        <li>
          <h3>Hand over</h3>
          <p>
            Export is a zip of those files and the schema. On a Cassandra node, <code>nodetool import</code> loads it, timestamps,
            TTLs and deletions included.
          </p>
        </li>
      </ol>
      {!isEmbedded.value && (
        <p>
          New to Cassandra's storage?{' '}
          <a href={linkTo('tour')} onClick={(event) => follow(event, 'tour')}>
            Follow one row through it
          </a>
          .
        </p>
      )}
      {empty ? (
        <>
          <SampleButton database={database} prominent />
          <p class="muted">
            5,000 flights and 1,700 earthquakes, real ones. Or start on your own: the chip above creates a table.
          </p>
        </>
      ) : (
        <p class="muted">Run a statement, try a chip above, or click a table on the left.</p>
      )}
    </section>
  );
}

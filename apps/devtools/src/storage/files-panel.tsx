import type { RemoteDatabase } from '@cassette/client';
import { useRef } from 'preact/hooks';
import { follow, linkTo } from '../frame/route.ts';
import { useScrollWindow } from '../results/scroll-window.ts';
import { stats } from '../store/watch.ts';
import { bytes, count, plural } from '../text/numbers.ts';
import { Failure, useLoaded } from './loaded.tsx';
import { filesOf, type StoreFile } from './store-files.ts';

/** Pixels a file, in one line or, where a line is too short for its name, in two. */
const lineHeights = { wide: 22, narrow: 42 } as const;
const narrowPixels = 560;

/** Each file of the store, as the browser's private file system has it. */
export function FilesPanel({ database, changed }: { database: RemoteDatabase; changed: number | undefined }) {
  const files = useLoaded(async () => (database.persistent ? filesOf(database.name) : []), [database, changed]);
  const known = files.value ?? [];
  const total = known.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <section class="card wide" aria-label="Files">
      <h2>Files</h2>
      <p class="muted">
        {database.persistent
          ? `In the browser’s private file system, where no other site and no file manager looks: ${plural(known.length, 'file')}, ${bytes(total)}. The catalog, which says which of them count, is in IndexedDB.`
          : 'A store in memory has none: what would be its files are bytes of this tab’s worker.'}
      </p>
      <Failure text={files.failure} />
      {known.length > 0 && <List files={known} />}
    </section>
  );
}

function List({ files }: { files: readonly StoreFile[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const size = (scroller.current?.clientWidth ?? narrowPixels) < narrowPixels ? 'narrow' : 'wide';
  const window = useScrollWindow(scroller, files.length, lineHeights[size], 0);
  const tableOf = new Map<string, string>();
  for (const { keyspace, table, sstables } of stats.value?.tables ?? []) {
    for (const { components } of sstables) for (const { file } of components) tableOf.set(file, `${keyspace}.${table}`);
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls by its keys
    <section class="file-list" tabIndex={0} ref={scroller} aria-label="Files of the store">
      <ul class={size} style={{ height: `${window.height}px` }}>
        {files.slice(window.first, window.last + 1).map((file, i) => {
          const table = tableOf.get(file.path);
          const [, data] = /^(.*-)[A-Za-z0-9]+\.\w+$/.exec(file.path) ?? [];
          return (
            <li key={file.path} style={{ transform: `translateY(${window.top(window.first + i)}px)` }}>
              <span class="path">
                {table === undefined ? (
                  file.path
                ) : (
                  <a
                    href={linkTo('inspector', { sstable: `${data}Data.db` })}
                    onClick={(event) => follow(event, 'inspector', { sstable: `${data}Data.db` })}
                  >
                    {file.path.slice(33)}
                  </a>
                )}
              </span>
              <span class="muted what">{table === undefined ? file.what : `${table}, ${file.what}`}</span>
              <span class="bytes-of">{count(file.bytes)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

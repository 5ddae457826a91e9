import { useRef, useState } from 'preact/hooks';
import { rowWriter, saveOptions } from '../console/files/row-writer.ts';
import { openSaveTarget } from '../console/files/save-target.ts';
import { plural } from '../text/numbers.ts';
import type { ResultRows } from './result-rows.ts';

/** Saves all rows of a result, those that were not fetched yet too, page by page. */
export function SaveResult({ rows, name }: { rows: ResultRows; name: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const control = useRef<AbortController | null>(null);
  const save = async (format: 'csv' | 'json') => {
    const own = new AbortController();
    control.current = own;
    setSaid('Saving …');
    try {
      const target = await openSaveTarget(`${name}.${format}`, format === 'csv' ? 'text/csv' : 'application/x-ndjson');
      let done = 0;
      try {
        const writer = rowWriter(rows.columns, { ...saveOptions, format });
        await target.write(writer.head);
        for await (const page of rows.sets(own.signal)) {
          await target.write(writer.rows(page, page.rowLength));
          done += page.rowLength;
          setSaid(`${plural(done, 'row')} …`);
        }
        own.signal.throwIfAborted();
        await target.close();
      } catch (error) {
        await target.abort();
        throw error;
      }
      setSaid(`${plural(done, 'row')} saved`);
    } catch (error) {
      const { name: kind, message } = error as Error;
      setSaid(kind === 'AbortError' ? null : `Not saved: ${message}`);
    } finally {
      control.current = null;
    }
  };
  const saving = control.current !== null;
  return (
    <span class="buttons save">
      {said !== null && (
        <span class="muted" role="status">
          {said}
        </span>
      )}
      {saving ? (
        <button type="button" onClick={() => control.current?.abort(new DOMException('Called off', 'AbortError'))}>
          Stop
        </button>
      ) : (
        <>
          <button
            type="button"
            class="quiet"
            title="Save all rows as CSV, with names in the first line"
            onClick={() => void save('csv')}
          >
            CSV
          </button>
          <button type="button" class="quiet" title="Save all rows as JSON, an object a line" onClick={() => void save('json')}>
            JSON
          </button>
        </>
      )}
    </span>
  );
}

import type { ColumnSpec, RemoteDatabase } from '@cassette/client';
import { useEffect, useState } from 'preact/hooks';
import { tableOf } from '../console/files/copy-to.ts';
import { Dialog } from '../frame/dialog.tsx';
import { count, plural } from '../text/numbers.ts';
import { type CellFacts, cellFacts } from './cell-facts.ts';
import { hex, hexdump, plainText, visible } from './cell-text.ts';
import type { ResultRows } from './result-rows.ts';
import type { CellPlace } from './selection.ts';

/** Characters of a form of a value that are shown; Copy copies all. */
const shownMax = 20_000;
/** Bytes of a value up to which it is written in all forms: those of larger ones would keep the page busy. */
const allFormsMax = 1_000_000;

/** One value in full: as text, as CQL and JSON write it, its bytes, and when it was written. */
export function CellDialog(props: {
  readonly rows: ResultRows;
  readonly place: CellPlace;
  readonly database: RemoteDatabase;
  readonly onClose: () => void;
}) {
  const { rows, place, database, onClose } = props;
  const column = rows.columns[place.column];
  const bytes = rows.cell(place.row, place.column);
  return (
    <Dialog title={`${column.name}, row ${count(place.row + 1)}`} onClose={onClose}>
      <p class="muted">
        <code>{column.type.cqlName()}</code>
        {bytes == null ? '' : `, ${plural(bytes.length, 'byte')}`}
      </p>
      {bytes === undefined && <p>This row is not in memory any more: close this and scroll to it.</p>}
      {bytes === null && (
        <p>
          <b>null</b>: there is no value. CQL does not tell one that was never written from one that was deleted or has expired.
        </p>
      )}
      {bytes != null && <Forms column={column} bytes={bytes} />}
      {bytes !== undefined && <Facts rows={rows} place={place} database={database} />}
    </Dialog>
  );
}

function Forms({ column, bytes }: { column: ColumnSpec; bytes: Uint8Array }) {
  const { type } = column;
  if (bytes.length === 0) {
    return (
      <p>
        <b>Empty</b>: a value of no bytes, which is not null
        {/^(text|ascii)$/.test(type.cqlName()) ? (
          <>
            : <code>''</code>
          </>
        ) : (
          '; CQL has no literal for it'
        )}
        .
      </p>
    );
  }
  const forms: readonly [string, () => string][] = [
    ['Value', () => plainText(column, bytes, Number.MAX_SAFE_INTEGER).text],
    ['As CQL', () => type.toCqlLiteral(bytes, 0, bytes.length)],
    ['As JSON', () => type.toJson(bytes, 0, bytes.length)],
  ];
  const seen = new Set<string>();
  const isLarge = bytes.length > allFormsMax;
  return (
    <>
      {isLarge && <p class="muted">It is too large to be written as CQL and as JSON as well.</p>}
      {forms.slice(0, isLarge ? 1 : forms.length).map(([title, make]) => {
        const text = make();
        if (seen.has(text)) return null;
        seen.add(text);
        return <Form key={title} title={title} length={text.length} text={() => text} shown={visible(text.slice(0, shownMax))} />;
      })}
      <Form title="The same, as bytes" text={() => `0x${hex(bytes)}`} shown={hexdump(bytes)} class="hex" />
    </>
  );
}

function Form(props: {
  readonly title: string;
  /** All of it, for who copies it. */
  readonly text: () => string;
  readonly shown: string;
  /** Characters of all of it, where `shown` is its beginning. */
  readonly length?: number;
  readonly class?: string;
}) {
  const { title, text, shown, length = 0 } = props;
  const [copied, setCopied] = useState<string | null>(null);
  const copy = () =>
    navigator.clipboard.writeText(text()).then(
      () => setCopied('Copied'),
      (error: Error) => setCopied(`Not copied: ${error.message}`),
    );
  return (
    <section class="form-of-cell" aria-label={title}>
      <h3>
        {title}
        {navigator.clipboard !== undefined && (
          <button type="button" class="quiet" onClick={() => void copy()}>
            {copied ?? 'Copy'}
          </button>
        )}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre class={props.class ?? 'value'} tabIndex={0}>
        {shown}
      </pre>
      {length > shownMax && (
        <p class="muted">
          … {count(length - shownMax)} characters more. Copy copies all {count(length)}.
        </p>
      )}
    </section>
  );
}

function Facts({ rows, place, database }: { rows: ResultRows; place: CellPlace; database: RemoteDatabase }) {
  const [facts, setFacts] = useState<CellFacts | null>(null);
  useEffect(() => {
    let wanted = true;
    const { keyspace, table } = rows.columns[place.column];
    cellFacts(rows, place, database, tableOf(keyspace, table)).then(
      (found) => wanted && setFacts(found),
      (error: Error) => wanted && setFacts({ written: null, expires: null, why: error.message }),
    );
    return () => {
      wanted = false;
    };
  }, [rows, place.row, place.column]);
  if (facts === null) return null;
  if (facts.why !== null) return <p class="muted">{facts.why}</p>;
  return (
    <dl class="facts" aria-label="Write time and TTL">
      {facts.written !== null && (
        <div class="fact">
          <dt>Written</dt>
          <dd>{facts.written}</dd>
        </div>
      )}
      {facts.expires !== null && (
        <div class="fact">
          <dt>TTL</dt>
          <dd>{facts.expires}</dd>
        </div>
      )}
    </dl>
  );
}

import type { RemoteDatabase } from '@cassette/client';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { CellDialog } from './cell-dialog.tsx';
import { cellText } from './cell-text.ts';
import { measuredWidths, template } from './column-widths.ts';
import type { ResultRows } from './result-rows.ts';
import { useScrollWindow } from './scroll-window.ts';
import { type CellPlace, copyText, edges, isIn } from './selection.ts';

const rowHeight = 24;
const headHeight = 41;
/** Least width of a column, and one step of it by keyboard. Characters. */
const widthMin = 4;
const widthStep = 2;

/** A result as a grid: arrow keys walk over its cells, with Shift they select, Enter looks into one. Only the rows in sight are in the document. */
export function ResultTable({ rows, database }: { rows: ResultRows; database: RemoteDatabase }) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [at, setAt] = useState<CellPlace>({ row: 0, column: 0 });
  const [from, setFrom] = useState<CellPlace>(at);
  const [open, setOpen] = useState(false);
  const measured = useMemo(() => measuredWidths(rows), [rows]);
  const [given, setGiven] = useState<readonly (number | undefined)[]>([]);
  // Looked at, so that it is drawn again when rows have come.
  rows.changes.value;
  const { length, columns } = rows;
  const window = useScrollWindow(scroller, length, rowHeight, headHeight);
  const { first, last } = window;
  // What is in sight is fetched, once this is drawn.
  queueMicrotask(() => rows.want(first, last));
  const widths = measured.map((width, c) => given[c] ?? width);
  const widen = (column: number, width: number | undefined) => {
    const next = [...given];
    next[column] = width === undefined ? undefined : Math.max(widthMin, Math.min(width, 400));
    setGiven(next);
  };
  const go = (row: number, column: number, extends_: boolean) => {
    const next = {
      row: Math.min(Math.max(row, 0), Math.max(length - 1, 0)),
      column: Math.min(Math.max(column, 0), columns.length - 1),
    };
    setAt(next);
    if (!extends_) setFrom(next);
    window.show(next.row);
    const header = scroller.current?.querySelectorAll<HTMLElement>('[role=columnheader]')[next.column + 1];
    header?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (length === 0 || event.altKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const page = window.pageLines;
    const moves: Record<string, [number, number]> = {
      ArrowDown: [ctrl ? length - 1 : at.row + 1, at.column],
      ArrowUp: [ctrl ? 0 : at.row - 1, at.column],
      ArrowRight: [at.row, ctrl ? columns.length - 1 : at.column + 1],
      ArrowLeft: [at.row, ctrl ? 0 : at.column - 1],
      PageDown: [at.row + page, at.column],
      PageUp: [at.row - page, at.column],
      Home: [ctrl ? 0 : at.row, 0],
      End: [ctrl ? length - 1 : at.row, columns.length - 1],
    };
    const to = moves[event.key];
    if (to) go(...to, event.shiftKey);
    else if (event.key === 'Enter') setOpen(true);
    else if (event.key === 'a' && ctrl) {
      setFrom({ row: 0, column: 0 });
      setAt({ row: length - 1, column: columns.length - 1 });
    } else if (event.key === 'Escape') setFrom(at);
    else if ((event.key === '+' || event.key === '-') && !ctrl) {
      widen(at.column, widths[at.column] + (event.key === '+' ? widthStep : -widthStep));
    } else return;
    event.preventDefault();
  };
  const onCopy = (event: ClipboardEvent) => {
    if (length === 0) return;
    event.clipboardData?.setData('text/plain', copyText(rows, { from, to: at }));
    event.preventDefault();
  };
  const selection = { from, to: at };
  const { top, bottom, left, right } = edges(selection);
  const isSelected = top !== bottom || left !== right;
  const lines: number[] = [];
  for (let row = first; row <= last; row++) lines.push(row);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element can't be virtualised without losing its layout */}
      <div
        class="grid"
        role="grid"
        tabIndex={0}
        ref={scroller}
        aria-label="Rows of the result"
        aria-multiselectable="true"
        aria-rowcount={rows.hasMore ? -1 : length + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={length > 0 ? `${id}-${at.row}-${at.column}` : undefined}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        style={{ '--columns': template(length, widths) }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
        <div class="row head" role="row" aria-rowindex={1}>
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
          <div role="columnheader" class="number-of-row" title="Number of the row">
            #
          </div>
          {columns.map((column, c) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div role="columnheader" key={c} title={`${column.name} ${column.type.cqlName()}`}>
              <b>{column.name}</b>
              <span class="type">{column.type.cqlName()}</span>
              <Grip
                onDrag={(characters) => widen(c, widths[c] + characters)}
                onReset={() => widen(c, undefined)}
                scroller={scroller}
              />
            </div>
          ))}
        </div>
        <div class="rows" role="presentation" style={{ height: `${window.height}px` }}>
          {lines.map((row) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div
              class={row % 2 ? 'row odd' : 'row'}
              role="row"
              key={row}
              aria-rowindex={row + 2}
              style={{ transform: `translateY(${window.top(row)}px)` }}
            >
              {/* biome-ignore lint/a11y/useSemanticElements: see above */}
              {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
              <div role="rowheader" class="number-of-row">
                {row + 1}
              </div>
              {columns.map((column, c) => {
                const { text, look } = cellText(column, rows.cell(row, c));
                const here = at.row === row && at.column === c;
                const chosen = isSelected && isIn(selection, row, c);
                return (
                  // biome-ignore lint/a11y/useSemanticElements: see above
                  // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the grid's keys do the same
                  <div
                    role="gridcell"
                    key={c}
                    id={`${id}-${row}-${c}`}
                    class={`cell ${look}${here ? ' here' : ''}${chosen ? ' chosen' : ''}`}
                    aria-selected={here || chosen}
                    onClick={(event) => go(row, c, event.shiftKey)}
                    onDblClick={() => {
                      go(row, c, false);
                      setOpen(true);
                    }}
                  >
                    {text}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
      {open && length > 0 && (
        <CellDialog
          rows={rows}
          place={at}
          database={database}
          onClose={() => {
            setOpen(false);
            scroller.current?.focus();
          }}
        />
      )}
    </>
  );
}

/** The edge of a column's head, by which it is made wider; a double click gives its width back. */
function Grip(props: {
  readonly onDrag: (characters: number) => void;
  readonly onReset: () => void;
  readonly scroller: { readonly current: HTMLElement | null };
}) {
  const { onDrag, onReset } = props;
  return (
    // The keys + and - of the grid do the same.
    <span
      class="grip"
      aria-hidden="true"
      onDblClick={onReset}
      onPointerDown={(event) => {
        const grip = event.currentTarget;
        const began = event.clientX;
        // The font's width of a character, as CSS has it: widths are in these.
        const probe = document.createElement('i');
        probe.style.cssText = 'position:absolute;width:100ch;visibility:hidden';
        grip.append(probe);
        const character = probe.getBoundingClientRect().width / 100;
        probe.remove();
        grip.setPointerCapture(event.pointerId);
        grip.onpointermove = (move) => onDrag((move.clientX - began) / character);
        grip.onpointerup = () => {
          grip.onpointermove = null;
        };
        event.preventDefault();
      }}
    />
  );
}

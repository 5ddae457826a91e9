import type { RemoteDatabase } from '@cassette/client';
import { useId, useRef, useState } from 'preact/hooks';
import { CellDialog } from './cell-dialog.tsx';
import { cellText } from './cell-text.ts';
import type { ResultRows } from './result-rows.ts';
import { useScrollWindow } from './scroll-window.ts';

const lineHeight = 22;

/** A result as EXPAND shows it: a column a line, row below row. Only the lines in sight are in the document. */
export function ExpandedRows({ rows, database }: { rows: ResultRows; database: RemoteDatabase }) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [at, setAt] = useState(1);
  const [open, setOpen] = useState(false);
  rows.changes.value;
  const { columns, length } = rows;
  // A line with the number of the row comes before its columns.
  const linesOfRow = columns.length + 1;
  const lineCount = length * linesOfRow;
  const window = useScrollWindow(scroller, lineCount, lineHeight, 0);
  const rowOf = (line: number) => Math.floor(line / linesOfRow);
  queueMicrotask(() => rows.want(rowOf(window.first), rowOf(window.last)));
  const place = { row: rowOf(at), column: Math.max(0, (at % linesOfRow) - 1) };
  const go = (line: number) => {
    const next = Math.min(Math.max(line, 0), Math.max(lineCount - 1, 0));
    setAt(next);
    window.show(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (length === 0 || event.altKey) return;
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + linesOfRow,
      PageUp: at - linesOfRow,
      Home: 0,
      End: lineCount - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && at % linesOfRow > 0) setOpen(true);
    else return;
    event.preventDefault();
  };
  const nameWidth = Math.min(32, Math.max(...columns.map(({ name }) => name.length)));
  const lines: number[] = [];
  for (let line = window.first; line <= window.last; line++) lines.push(line);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element can't be virtualised without losing its layout */}
      <div
        class="grid expanded"
        role="grid"
        tabIndex={0}
        ref={scroller}
        aria-label="Rows of the result, expanded"
        aria-rowcount={rows.hasMore ? -1 : lineCount}
        aria-activedescendant={length > 0 ? `${id}-${at}` : undefined}
        onKeyDown={onKeyDown}
        style={{ '--columns': `${nameWidth + 3}ch minmax(0, 1fr)` }}
      >
        <div class="rows" role="presentation" style={{ height: `${window.height}px` }}>
          {lines.map((line) => {
            const row = rowOf(line);
            const c = (line % linesOfRow) - 1;
            const style = { transform: `translateY(${window.top(line)}px)` };
            if (c < 0) {
              return (
                // biome-ignore lint/a11y/useSemanticElements: see above
                // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
                <div
                  class={`row of-row${line === at ? ' here' : ''}`}
                  role="row"
                  key={line}
                  aria-rowindex={line + 1}
                  style={style}
                >
                  {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
                  <div role="rowheader" id={`${id}-${line}`}>
                    @ Row {row + 1}
                  </div>
                </div>
              );
            }
            const { text, look } = cellText(columns[c], rows.cell(row, c), 2000);
            return (
              // biome-ignore lint/a11y/useSemanticElements: see above
              // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
              <div class="row" role="row" key={line} aria-rowindex={line + 1} style={style}>
                {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
                <div role="rowheader" class="cell name">
                  {columns[c].name}
                </div>
                {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid's keys do the same */}
                <div
                  role="gridcell"
                  id={`${id}-${line}`}
                  class={`cell ${look}${line === at ? ' here' : ''}`}
                  aria-selected={line === at}
                  onClick={() => setAt(line)}
                  onDblClick={() => {
                    setAt(line);
                    setOpen(true);
                  }}
                >
                  {text}
                </div>
              </div>
            );
          })}
        </div>
      </div>
      {open && length > 0 && (
        <CellDialog
          rows={rows}
          place={place}
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

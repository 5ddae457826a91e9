import { useMemo, useRef, useState } from 'preact/hooks';
import { CellDialog } from './cell-dialog.tsx';
import { cellText } from './cell-text.ts';
import type { PagedRows } from './paged-rows.ts';
import { useVirtualRows } from './virtual-rows.ts';

const rowHeight = 24;
/** Rows that decide the widths of the columns: the first ones, and as many again from all over the rest. */
const measuredRows = 100;

function widths(rows: PagedRows): string {
  const measured: number[] = [];
  for (let r = 0; r < Math.min(rows.length, measuredRows); r++) measured.push(r);
  const step = Math.max(1, (rows.length - measuredRows) / measuredRows);
  for (let r = measuredRows; r < rows.length; r += step) measured.push(Math.floor(r));
  const parts = rows.columns.map((column, c) => {
    let characters = Math.max(column.name.length, Math.min(column.type.cqlName().length, 24));
    for (const r of measured) {
      characters = Math.max(characters, cellText(column, rows.cell(r, c), 60).text.length);
    }
    return `${Math.min(characters, 44) + 3}ch`;
  });
  return `${Math.max(String(rows.length).length, 2) + 2}ch ${parts.join(' ')} minmax(0, 1fr)`;
}

/** A result as a grid: arrow keys walk over its cells, Enter looks into one. Only the rows in sight are in the document. */
export function ResultTable({ rows }: { rows: PagedRows }) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualRows(scroller, rows.length, rowHeight);
  const [at, setAt] = useState({ row: 0, column: 0 });
  const [open, setOpen] = useState(false);
  const template = useMemo(() => widths(rows), [rows]);
  const items = virtualizer.getVirtualItems();
  const move = (row: number, column: number) => {
    const next = {
      row: Math.min(Math.max(row, 0), rows.length - 1),
      column: Math.min(Math.max(column, 0), rows.columns.length - 1),
    };
    setAt(next);
    virtualizer.scrollToIndex(next.row);
    const header = scroller.current?.querySelectorAll<HTMLElement>('[role=columnheader]')[next.column + 1];
    header?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (rows.length === 0) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 3);
    const moves: Record<string, [number, number]> = {
      ArrowDown: [at.row + 1, at.column],
      ArrowUp: [at.row - 1, at.column],
      ArrowRight: [at.row, at.column + 1],
      ArrowLeft: [at.row, at.column - 1],
      PageDown: [at.row + page, at.column],
      PageUp: [at.row - page, at.column],
      Home: [event.ctrlKey ? 0 : at.row, 0],
      End: [event.ctrlKey ? rows.length - 1 : at.row, rows.columns.length - 1],
    };
    const to = moves[event.key];
    if (to) move(...to);
    else if (event.key === 'Enter') setOpen(true);
    else return;
    event.preventDefault();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element can't be virtualised without losing its layout */}
      <div
        class="grid"
        role="grid"
        tabIndex={0}
        ref={scroller}
        aria-label="Rows of the result"
        aria-rowcount={rows.length + 1}
        aria-colcount={rows.columns.length + 1}
        aria-activedescendant={`cell-${at.row}-${at.column}`}
        onKeyDown={onKeyDown}
        style={{ '--columns': template }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
        <div class="row head" role="row" aria-rowindex={1}>
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
          <div role="columnheader" class="number-of-row" aria-label="Row" />
          {rows.columns.map((column) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div role="columnheader" key={column.name} title={`${column.name} ${column.type.cqlName()}`}>
              <b>{column.name}</b>
              <span class="type">{column.type.cqlName()}</span>
            </div>
          ))}
        </div>
        <div class="rows" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {items.map((item) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div
              class={item.index % 2 ? 'row odd' : 'row'}
              role="row"
              key={item.index}
              aria-rowindex={item.index + 2}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {/* biome-ignore lint/a11y/useSemanticElements: see above */}
              {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
              <div role="rowheader" class="number-of-row">
                {item.index + 1}
              </div>
              {rows.columns.map((column, c) => {
                const { text, look } = cellText(column, rows.cell(item.index, c));
                const here = at.row === item.index && at.column === c;
                return (
                  // biome-ignore lint/a11y/useSemanticElements: see above
                  // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the grid's keys do the same
                  <div
                    role="gridcell"
                    key={column.name}
                    id={`cell-${item.index}-${c}`}
                    class={`cell ${look}${here ? ' here' : ''}`}
                    aria-selected={here}
                    onClick={() => setAt({ row: item.index, column: c })}
                    onDblClick={() => {
                      setAt({ row: item.index, column: c });
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
      {open && rows.length > 0 && (
        <CellDialog
          column={rows.columns[at.column]}
          row={at.row}
          bytes={rows.cell(at.row, at.column)}
          onClose={() => {
            setOpen(false);
            scroller.current?.focus();
          }}
        />
      )}
    </>
  );
}

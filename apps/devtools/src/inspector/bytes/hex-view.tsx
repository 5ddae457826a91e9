import type { Piece } from '@cassette/sstable';
import { useEffect, useRef } from 'preact/hooks';
import { useScrollWindow } from '../../results/scroll-window.ts';
import { type BytePage, type BytePages, pageBytes } from './byte-pages.ts';

const lineHeight = 20;
const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const characters = Array.from({ length: 256 }, (_, byte) => (byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : '·'));

interface HexProps {
  readonly pages: BytePages;
  /** Bytes of the component. */
  readonly size: number;
  /** Bytes of a line. */
  readonly width: 8 | 16;
  readonly selected: Piece | null;
  /** The byte that the keys are at. */
  readonly cursor: number;
  readonly label: string;
  readonly onCursor: (offset: number) => void;
}

/** Bytes as hexadecimal digits and characters, coloured by what they are: arrows walk over them, each step tells what one is at. */
export function HexView({ pages, size, width, selected, cursor, label, onCursor }: HexProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const window = useScrollWindow(scroller, Math.ceil(size / width), lineHeight, 0);
  pages.changes.value;
  // What was selected elsewhere, in the tree, is brought into sight.
  useEffect(() => {
    const line = Math.floor(cursor / width);
    // Of a piece not its first line alone: as much of it as there is room for.
    if (selected !== null) window.show(Math.min(Math.floor((selected.to - 1) / width), line + window.pageLines - 3));
    window.show(line);
  }, [cursor, width, selected]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const page = window.pageLines * width;
    const moves: Record<string, number> = {
      ArrowRight: cursor + 1,
      ArrowLeft: cursor - 1,
      ArrowDown: cursor + width,
      ArrowUp: cursor - width,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: event.ctrlKey ? 0 : cursor - (cursor % width),
      End: event.ctrlKey ? size - 1 : cursor - (cursor % width) + width - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onCursor(Math.min(Math.max(to, 0), size - 1));
  };
  const onClick = (event: MouseEvent) => {
    const at = (event.target as HTMLElement).dataset['at'];
    if (at !== undefined) onCursor(Number(at));
  };
  const lines = [];
  for (let line = window.first; line <= window.last; line++) {
    const offset = line * width;
    lines.push(
      <Line
        key={line}
        offset={offset}
        end={Math.min(offset + width, size)}
        width={width}
        page={pages.pageOf(offset)}
        top={window.top(line)}
        from={selected?.from ?? -1}
        to={selected?.to ?? -1}
        cursor={cursor}
      />,
    );
  }
  return (
    // A text that keys walk over: what they are at is told beside it, as a status.
    <div
      class="hex"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it has keys of its own
      tabIndex={0}
      ref={scroller}
      aria-label={label}
      aria-roledescription="bytes"
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div class="lines" style={{ height: `${window.height}px` }}>
        {lines}
      </div>
    </div>
  );
}

interface LineProps {
  readonly offset: number;
  readonly end: number;
  readonly width: number;
  readonly page: BytePage | null;
  readonly top: number;
  readonly from: number;
  readonly to: number;
  readonly cursor: number;
}

function Line({ offset, end, page, top, from, to, cursor }: LineProps) {
  const hex = [];
  const text = [];
  for (let at = offset; at < end; at++) {
    const place = at % pageBytes;
    const byte = page?.bytes[place];
    const leaf = page?.leaves[page.leafOf[place]];
    let look = leaf?.kind ?? 'raw';
    // Where a piece begins a thin line stands, so that neighbours of one kind can be told apart.
    if (leaf?.from === at) look += ' begins';
    if (at >= from && at < to) look += ' selected';
    if (at === cursor) look += ' cursor';
    hex.push(
      <b key={at} class={look} data-at={at}>
        {byte === undefined ? '··' : digits[byte]}
      </b>,
    );
    text.push(
      <i key={at} class={look} data-at={at}>
        {byte === undefined ? ' ' : characters[byte]}
      </i>,
    );
  }
  return (
    <div class="line" style={{ transform: `translateY(${top}px)` }}>
      <span class="offset">{offset.toString(16).padStart(8, '0')}</span>
      <span class="digits">{hex}</span>
      <span class="characters">{text}</span>
    </div>
  );
}

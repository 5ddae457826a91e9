import { useEffect, useId, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { useScrollWindow } from '../../results/scroll-window.ts';
import { bytes, plural } from '../../text/numbers.ts';
import { sayError } from '../../text/say-error.ts';
import { inspector } from '../inspected.ts';
import type { InspectedPartition } from '../worker/inspector.ts';

const lineHeight = 40;
/** Partitions that are fetched at once, and pages that are kept. */
const PAGE = 100;
const KEPT = 40;

interface ListProps {
  readonly id: string;
  readonly count: number;
  readonly shown: InspectedPartition | null;
  readonly onShow: (partition: InspectedPartition) => void;
}

/** All partitions, of which those in sight are read; one is found by its key or the token. */
export function PartitionList({ id, count, shown, onShow }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const name = useId();
  const window = useScrollWindow(scroller, count, lineHeight, 0);
  const [, redraw] = useReducer((n: number, _: null) => n + 1, 0);
  const [error, setError] = useState<string | null>(null);
  const pages = useMemo(() => new Map<number, readonly InspectedPartition[] | null>(), []);
  const at = (index: number): InspectedPartition | null => pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
  const { first, last } = window;
  // What is in sight is fetched, once this is drawn.
  useEffect(() => {
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (pages.has(page)) continue;
      pages.set(page, null);
      for (const old of pages.keys()) {
        if (pages.size <= KEPT) break;
        pages.delete(old);
      }
      inspector()
        .partitions(id, page * PAGE, PAGE)
        .then(
          (found) => {
            pages.set(page, found);
            setError(null);
            redraw(null);
          },
          (failure: unknown) => {
            // Asked for again when it comes into sight again.
            pages.delete(page);
            setError(sayError(failure));
          },
        );
    }
  }, [id, pages, first, last]);
  const show = (index: number) => {
    const to = Math.min(Math.max(index, 0), count - 1);
    window.show(to);
    const there = at(to);
    if (there !== null) onShow(there);
    else {
      inspector()
        .partitions(id, to, 1)
        .then(
          ([found]) => found !== undefined && onShow(found),
          (failure: unknown) => setError(sayError(failure)),
        );
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = shown?.index ?? -1;
    const moves: Record<string, number> = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      PageDown: here + window.pageLines,
      PageUp: here - window.pageLines,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(to);
  };
  const lines = [];
  for (let index = first; index <= last; index++) {
    const partition = at(index);
    lines.push(
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list's keys do the same
      <div
        key={index}
        id={`${name}-${index}`}
        class={shown?.index === index ? 'line selected' : 'line'}
        role="option"
        tabIndex={-1}
        aria-selected={shown?.index === index}
        style={{ transform: `translateY(${window.top(index)}px)` }}
        onClick={() => show(index)}
      >
        {partition === null ? (
          <span class="muted">…</span>
        ) : (
          <>
            <span class={partition.deletion === '' ? 'key' : 'key deleted'}>{partition.key}</span>
            <span class="muted">
              {partition.token}, {bytes(partition.size)}
            </span>
          </>
        )}
      </div>,
    );
  }
  return (
    <div class="partitions">
      <Find
        id={id}
        onFound={(partition) => {
          window.show(partition.index);
          onShow(partition);
        }}
      />
      {error !== null && (
        <p class="warning padded" role="alert">
          {error}
        </p>
      )}
      <p class="muted padded">{plural(count, 'partition')}, in the order of their tokens</p>
      <div
        class="partition-list"
        role="listbox"
        tabIndex={0}
        ref={scroller}
        aria-label="Partitions"
        aria-activedescendant={shown === null ? undefined : `${name}-${shown.index}`}
        onKeyDown={onKeyDown}
      >
        <div class="lines" role="presentation" style={{ height: `${window.height}px` }}>
          {lines}
        </div>
      </div>
    </div>
  );
}

function Find({ id, onFound }: { id: string; onFound: (partition: InspectedPartition) => void }) {
  const [text, setText] = useState('');
  const [by, setBy] = useState<'key' | 'token'>('key');
  const [said, setSaid] = useState('');
  const find = async () => {
    try {
      const found = await inspector().find(id, by === 'key' ? { key: text } : { token: text });
      setSaid(
        found === null ? (by === 'key' ? 'No partition of this key here.' : 'No partition has this token or a later one.') : '',
      );
      if (found !== null) onFound(found);
    } catch (error) {
      setSaid(sayError(error));
    }
  };
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        void find();
      }}
    >
      <select aria-label="Find by" value={by} onChange={(event) => setBy(event.currentTarget.value as 'key' | 'token')}>
        <option value="key">key</option>
        <option value="token">token</option>
      </select>
      <input
        aria-label={by === 'key' ? 'Partition key, as CQL writes it' : 'Token'}
        placeholder={by === 'key' ? "'SEA' or 42" : '-9223372036854775808'}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" disabled={text.trim() === ''}>
        Find
      </button>
      <span role="status" class="warning">
        {said}
      </span>
    </form>
  );
}

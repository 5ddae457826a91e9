import type { Component, Piece } from '@cassette/sstable';
import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { bytes } from '../../text/numbers.ts';
import { sayError } from '../../text/say-error.ts';
import { inspector } from '../inspected.ts';
import type { InspectedSSTable, Space } from '../worker/inspector.ts';
import { BytePages } from './byte-pages.ts';
import { Explanation, kinds } from './explanation.tsx';
import { HexView } from './hex-view.tsx';
import { PieceTree } from './piece-tree.tsx';
import { PieceTreeModel } from './piece-tree-model.ts';

/** A byte that another tab sends the reader to. */
export const wantedByte = signal<{ readonly component: Component; readonly space: Space; readonly offset: number } | null>(null);

/** Below so many pixels lines have eight bytes. */
const wideFrom = 700;

/** Each byte of an SSTable's files: what they are as a tree, beside them as they are. */
export function BytesTab({ sstable }: { sstable: InspectedSSTable }) {
  const { components } = sstable;
  const [component, setComponent] = useState<Component>(wantedByte.peek()?.component ?? components[0].component);
  const here = components.find((one) => one.component === component) ?? components[0];
  const [wantsFile, setWantsFile] = useState(false);
  const isCompressed = here.uncompressedSize > 0;
  const space: Space = isCompressed && !wantsFile ? 'uncompressed' : 'file';
  const wanted = wantedByte.value;
  useEffect(() => {
    if (wanted === null) return;
    setComponent(wanted.component);
    setWantsFile(wanted.space === 'file');
  }, [wanted]);
  return (
    <div class="bytes">
      <div class="inspect-bar">
        <label>
          File{' '}
          <select value={here.component} onChange={(event) => setComponent(event.currentTarget.value as Component)}>
            {components.map((one) => (
              <option key={one.component} value={one.component}>
                {one.component}, {bytes(one.size)}
              </option>
            ))}
          </select>
        </label>
        {isCompressed && (
          <fieldset class="switch" aria-label="Which bytes">
            <button type="button" aria-pressed={!wantsFile} onClick={() => setWantsFile(false)}>
              What its chunks hold
            </button>
            <button type="button" aria-pressed={wantsFile} onClick={() => setWantsFile(true)}>
              The file itself
            </button>
          </fieldset>
        )}
        <Legend />
      </div>
      <ComponentBytes key={`${sstable.id} ${here.component} ${space}`} id={sstable.id} component={here.component} space={space} />
    </div>
  );
}

function Legend() {
  return (
    <details class="legend">
      <summary>Colours</summary>
      <ul>
        {Object.entries(kinds)
          .filter(([kind]) => kind !== 'group')
          .map(([kind, text]) => (
            <li key={kind}>
              <span class={`dot ${kind}`} aria-hidden="true" /> {text}
            </li>
          ))}
      </ul>
    </details>
  );
}

interface ComponentProps {
  readonly id: string;
  readonly component: Component;
  readonly space: Space;
}

function ComponentBytes({ id, component, space }: ComponentProps) {
  const [root, setRoot] = useState<Piece | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    inspector()
      .root(id, component, space)
      .then(
        (found) => isWanted && setRoot(found),
        (failure: unknown) => isWanted && setError(sayError(failure)),
      );
    return () => {
      isWanted = false;
    };
  }, [id, component, space]);
  if (error !== null) {
    return (
      <p class="warning padded" role="alert">
        {error}
      </p>
    );
  }
  if (root === null) return <p class="muted padded">Reading …</p>;
  if (root.to === 0) return <p class="muted padded">This file is empty.</p>;
  return <Anatomy id={id} component={component} space={space} root={root} />;
}

function Anatomy({ id, component, space, root }: ComponentProps & { readonly root: Piece }) {
  const [error, setError] = useState<string | null>(null);
  const [cursor, setCursor] = useState(0);
  const split = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState<8 | 16>(16);
  const [model, pages] = useMemo(() => {
    const asked = inspector();
    return [
      new PieceTreeModel(
        root,
        (piece, first, max) => asked.parts(id, component, space, piece, first, max),
        (offset) => asked.pathTo(id, component, space, offset),
      ),
      new BytePages({
        bytes: (from, to) => asked.bytes(id, component, space, from, to),
        leaves: (from, to, max) => asked.leaves(id, component, space, from, to, max),
      }),
    ] as const;
  }, [id, component, space, root]);
  const goTo = (offset: number) => {
    setCursor(offset);
    model.selectByte(offset).catch((failure: unknown) => setError(sayError(failure)));
  };
  const wanted = wantedByte.value;
  useEffect(() => {
    if (wanted !== null && wanted.component === component && wanted.space === space) {
      wantedByte.value = null;
      goTo(Math.min(wanted.offset, root.to - 1));
    } else model.begin().catch((failure: unknown) => setError(sayError(failure)));
  }, [model, wanted]);
  // A piece that is selected in the tree moves the cursor to its first byte.
  const selected = model.selected.value?.piece ?? null;
  useEffect(() => {
    if (selected !== null) setCursor((at) => (at >= selected.from && at < selected.to ? at : selected.from));
  }, [selected]);
  useEffect(() => {
    const element = split.current!;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth < wideFrom ? 8 : 16));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const failure = error ?? (pages.error.value === null ? null : sayError(pages.error.value));
  return (
    <>
      {failure !== null && (
        <p class="warning padded" role="alert">
          {failure}
        </p>
      )}
      <div class="split" ref={split}>
        <PieceTree model={model} label={`Pieces of ${component}`} onError={setError} />
        <div class="hex-side">
          <GoTo size={root.to} onGo={goTo} />
          <HexView
            pages={pages}
            size={root.to}
            width={width}
            selected={selected}
            cursor={cursor}
            label={`Bytes of ${component}`}
            onCursor={goTo}
          />
        </div>
        <Explanation model={model} />
      </div>
    </>
  );
}

/** A field for an offset, decimal or with 0x. */
function GoTo({ size, onGo }: { size: number; onGo: (offset: number) => void }) {
  const [text, setText] = useState('');
  const offset = text.trim() === '' ? Number.NaN : Number(text);
  const isGood = Number.isInteger(offset) && offset >= 0 && offset < size;
  return (
    <form
      class="goto"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onGo(offset);
      }}
    >
      <label>
        Go to byte{' '}
        <input
          value={text}
          placeholder="1234 or 0x4d2"
          inputMode="text"
          aria-invalid={text !== '' && !isGood}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!isGood}>
        Go
      </button>
      <span class="muted">of {size.toLocaleString('en')}</span>
    </form>
  );
}

import { useId, useState } from 'preact/hooks';
import { count } from '../../text/numbers.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { inspector } from '../inspected.ts';
import type { TrieNode } from '../worker/inspector.ts';
import { layTrie, lineHeight, type PlacedNode, stepWidth, textBeside, textOf } from './trie-layout.ts';

/** Nodes that are drawn at once. */
const NODES = 70;

/** Which trie, and which nodes were gone through to come where one is. */
interface Place {
  readonly partition: number | null;
  readonly way: readonly number[];
}

/** The trie of partition keys, or of one partition's rows, as a tree; a node is a way further in. */
export function TriePicture({ id, partitions }: { id: string; partitions: number }) {
  const name = useId();
  const [{ partition, way }, setPlace] = useState<Place>({ partition: null, way: [] });
  const position = way.at(-1);
  const asked = useAsked(
    () => inspector().trie(id, { ...(partition !== null && { partition }), ...(position !== undefined && { position }) }, NODES),
    [id, partition, position],
  );
  return (
    <figure class="picture trie">
      <figcaption id={name}>
        <h3>Tries</h3>
        <p>
          Partitions.db finds a key by its byte-comparable form, a byte a step; below a node all keys begin alike. Of each key
          only so many bytes are kept as tell it from its neighbours. Rows.db has such a tree for each partition of more than one
          block.
        </p>
      </figcaption>
      <div class="buttons">
        <label>
          Tree of{' '}
          <select
            value={partition === null ? 'keys' : 'rows'}
            onChange={(event) => setPlace({ partition: event.currentTarget.value === 'keys' ? null : 0, way: [] })}
          >
            <option value="keys">partition keys</option>
            {partitions > 0 && <option value="rows">rows of a partition</option>}
          </select>
        </label>
        {partition !== null && (
          <label>
            <input
              type="number"
              aria-label="Which partition, of all in the order of their tokens"
              min={1}
              max={partitions}
              value={partition + 1}
              onChange={(event) => {
                const chosen = Math.min(Math.max(Math.floor(Number(event.currentTarget.value)) || 1, 1), partitions);
                event.currentTarget.value = String(chosen);
                setPlace({ partition: chosen - 1, way: [] });
              }}
            />{' '}
            of {count(partitions)}
          </label>
        )}
        <button type="button" disabled={way.length === 0} onClick={() => setPlace({ partition, way: way.slice(0, -1) })}>
          ← Back
        </button>
        <button type="button" disabled={way.length === 0} onClick={() => setPlace({ partition, way: [] })}>
          Root
        </button>
      </div>
      {asked.state !== 'there' && <NotThere asked={asked} />}
      {asked.state === 'there' &&
        (asked.value.length === 0 ? (
          <p class="muted">This partition has no row index: its rows fit into one block.</p>
        ) : (
          <Tree nodes={asked.value} name={name} onEnter={(at) => setPlace({ partition, way: [...way, at] })} />
        ))}
    </figure>
  );
}

function Tree({ nodes, name, onEnter }: { nodes: readonly TrieNode[]; name: string; onEnter: (position: number) => void }) {
  const { placed, width, height } = layTrie(nodes);
  return (
    <section class="tree-frame" aria-labelledby={name}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <title>Nodes of the trie</title>
        {placed.map((one) => one.parent !== null && <Edge key={`edge ${one.position}`} one={one} from={one.parent} />)}
        {placed.map((one) => (
          <Node key={one.position} one={one} onEnter={onEnter} />
        ))}
      </svg>
    </section>
  );
}

function Edge({ one, from }: { one: PlacedNode; from: PlacedNode }) {
  const middle = (from.x + one.x) / 2;
  return (
    <>
      <path class="edge" d={`M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${one.y} ${one.x} ${one.y}`} />
      <text class="byte" x={one.x - stepWidth * 0.3} y={one.y - 3} text-anchor="middle">
        {byteText(one.byte)}
      </text>
    </>
  );
}

function Node({ one, onEnter }: { one: PlacedNode; onEnter: (position: number) => void }) {
  const { node, x, y } = one;
  const text = textOf(node);
  const isInner = node !== null && node.children.length > 0;
  const canEnter = node === null || (isInner && one.parent !== null);
  const enter = (event: Event) => {
    event.preventDefault();
    if (canEnter) onEnter(one.position);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture has no buttons
    <g
      class={node === null ? 'node later' : node.payload === '' ? 'node' : 'node payload'}
      role="button"
      tabIndex={0}
      aria-label={`${text}${one.byte < 0 ? '' : `, reached by ${byteText(one.byte)}`}, at ${one.position}`}
      aria-disabled={!canEnter}
      onClick={enter}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') enter(event);
      }}
    >
      <circle cx={x} cy={y} r="5" />
      <text x={x + 9} y={y + lineHeight / 5}>
        {textBeside(node)}
      </text>
      <title>{`${text} at ${one.position}`}</title>
    </g>
  );
}

function byteText(byte: number): string {
  if (byte < 0) return '';
  const hex = byte.toString(16).padStart(2, '0');
  return byte > 0x20 && byte < 0x7f ? `${hex} ${String.fromCharCode(byte)}` : hex;
}

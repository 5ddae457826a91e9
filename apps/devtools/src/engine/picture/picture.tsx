import { useEffect, useRef, useState } from 'preact/hooks';
import { stats } from '../../store/watch.ts';
import { bytes, count, plural, timestamp } from '../../text/numbers.ts';
import { scaleOf, sideOf } from './blocks.ts';
import { colouring, looked } from './chosen.ts';
import { type Point, sendDot } from './dots.ts';
import { Flow } from './flow.tsx';
import { Lanes, middleOf, type PlacedLanes, placeLanes, targetOf } from './lanes.tsx';
import { followEngine, type Movement } from './live.ts';
import { PictureAsText } from './picture-text.tsx';
import { flowHeight, type Places, placesOf } from './places.ts';
import { ageNames } from './words.ts';

/** The engine as one picture: writes, log, memtables, SSTables by tier, and what merges into what. */
export function Picture() {
  const box = useRef<HTMLDivElement>(null);
  const dots = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ places: Places; placed: PlacedLanes } | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    const stop = followEngine((movements) => {
      const now = drawn.current;
      if (dots.current !== null && now !== null) for (const one of movements) move(dots.current, one, now.places, now.placed);
    });
    return () => {
      observer.disconnect();
      stop();
      looked.value = null;
    };
  }, []);
  const places = placesOf(Math.max(320, width));
  const placed = placeLanes(stats.value?.tables ?? [], places);
  drawn.current = { places, placed };
  const height = places.isNarrow ? flowHeight + 24 + Math.max(60, placed.height) : Math.max(flowHeight + 8, placed.height + 8);
  return (
    <section class="picture" aria-label="The engine as a picture">
      <header>
        <h2>Now</h2>
        <Key />
      </header>
      <p class="hidden">
        Writes go to the log and to memtables, memtables become SSTables, compactions merge those. Arrow keys go from SSTable to
        SSTable, Enter opens one in the inspector.
      </p>
      <div class="picture-box" ref={box}>
        {width > 0 && (
          <svg width={places.width} height={height} onKeyDown={walk}>
            <title>The engine</title>
            <Ways places={places} />
            <Flow places={places} />
            <Lanes placed={placed} places={places} />
          </svg>
        )}
        <div class="dots" ref={dots} aria-hidden="true" />
      </div>
      <Looked />
      <PictureAsText />
    </section>
  );
}

/** The lines on which things go. */
function Ways({ places: { writes, log, memtables, sstables, isNarrow } }: { places: Places }) {
  const y = writes.y + writes.height;
  const down = isNarrow
    ? `M${memtables.x + memtables.width / 2} ${memtables.y + memtables.height - 14} V${sstables.y - 4}`
    : `M${memtables.x + memtables.width + 3} ${y} H${sstables.x - 8}`;
  return (
    <g class="ways">
      <path d={`M${writes.x + 4} ${y} H${log.x - 4}`} />
      <path d={`M${log.x + log.width + 3} ${y} H${memtables.x - 4}`} />
      <path d={down} />
    </g>
  );
}

function move(
  layer: HTMLElement,
  { way, bytes: size, keyspace, table, inputs }: Movement,
  places: Places,
  placed: PlacedLanes,
): void {
  const { writes, log, memtables, sstables, isNarrow } = places;
  const y = writes.y + writes.height;
  if (way === 'write') {
    sendDot(
      layer,
      [
        { x: writes.x + 4, y },
        { x: log.x + 4, y },
        { x: memtables.x + 12, y },
      ],
      size,
      700,
      'wrote',
    );
    return;
  }
  const lane = placed.lanes.find((one) => one.lane.table.keyspace === keyspace && one.lane.table.table === table);
  if (way === 'flush') {
    const from = isNarrow
      ? { x: memtables.x + memtables.width / 2, y: memtables.y + memtables.height - 16 }
      : { x: memtables.x + memtables.width, y: memtables.y + 122 };
    const to = { x: sstables.x + 30, y: (lane?.y ?? sstables.y + 20) + 30 };
    sendDot(layer, [from, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, to], size, 600, 'flushed');
    return;
  }
  if (lane === undefined) return;
  const target = targetOf(lane, places);
  const to = { x: target.x + 8, y: target.y + target.height / 2 };
  for (const generation of inputs.slice(0, inputsShown)) {
    const from = middleOf(lane, generation);
    if (from === null) continue;
    const way: Point[] = [from, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, to];
    sendDot(layer, way, size / inputs.length, 650, 'merged');
  }
}

/** Inputs of a compaction that dots start from. */
const inputsShown = 4;

/** Arrow keys go from block to block, in the order in which they are drawn. */
function walk(event: KeyboardEvent): void {
  const svg = event.currentTarget as SVGSVGElement;
  const blocks = [...svg.querySelectorAll<SVGAElement>('a.block')];
  const at = blocks.indexOf((event.target as Element).closest('a.block') as SVGAElement);
  if (at < 0) return;
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: blocks.length - 1 }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  blocks[Math.max(0, Math.min(blocks.length - 1, to))]?.focus();
}

const levels = [0, 1, 2, 3, 4, 5];
/** Sizes that the key may show, of which the largest is taken that fits its line. Bytes, and pixels. */
const references = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
const referenceSide = 20;

/** What colours and sizes mean. */
function Key() {
  const { value } = colouring;
  const scale = scaleOf(stats.value?.tables ?? []);
  const reference = references.findLast((one) => Math.sqrt(one) * scale <= referenceSide) ?? references[0];
  const side = sideOf(reference, scale);
  return (
    <div class="key-line">
      <span class="key-size">
        <i style={{ width: `${side}px`, height: `${side}px` }} /> {bytes(reference)}
      </span>
      <fieldset class="switch">
        <legend class="hidden">Colour of SSTables</legend>
        <button
          type="button"
          aria-pressed={value === 'level'}
          title="Colour by tier, level or window"
          onClick={() => {
            colouring.value = 'level';
          }}
        >
          by level
        </button>
        <button
          type="button"
          aria-pressed={value === 'age'}
          title="Colour by the age of the newest write in it"
          onClick={() => {
            colouring.value = 'age';
          }}
        >
          by age
        </button>
      </fieldset>
      <span class="swatches">
        {levels.map((level) => (
          <i key={level} class={`swatch ${value}-${level}`}>
            {value === 'level' ? level : ageNames[level]}
          </i>
        ))}
      </span>
    </div>
  );
}

/** The SSTable that is pointed at. */
function Looked() {
  const now = looked.value;
  if (now === null) {
    return (
      <p class="looked muted">
        Point at an SSTable, or go there with Tab and the arrow keys, to see what is in it; click to open it.
      </p>
    );
  }
  const { sstable, table, band } = now;
  const { generation, version, partitions, rows, droppableTombstones, compressionRatio, uncompressedBytes } = sstable;
  const facts: readonly (readonly [string, string])[] = [
    ['size', `${bytes(sstable.bytes)} in ${plural(sstable.components.length, 'file')}`],
    ['keys', `${plural(partitions, 'partition')}, ${plural(rows, 'row')}`],
    [
      'data',
      compressionRatio === null
        ? bytes(uncompressedBytes)
        : `${bytes(uncompressedBytes)}, to ${Math.round(compressionRatio * 100)} %`,
    ],
    ['deleted', droppableTombstones > 0 ? `${(droppableTombstones * 100).toFixed(1)} % droppable` : 'nothing droppable'],
    ['written', `${timestamp(sstable.minTimestamp).slice(0, 19)} to ${timestamp(sstable.maxTimestamp).slice(11, 19)} UTC`],
    ['tokens', `${sstable.firstToken} … ${sstable.lastToken}`],
  ];
  return (
    <dl class="looked">
      <div class="looked-name">
        <dt>{`${table.keyspace}.${table.table}`}</dt>
        <dd>
          <code>{`${version}-${count(generation).replaceAll(',', '')}`}</code> {band}
        </dd>
      </div>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

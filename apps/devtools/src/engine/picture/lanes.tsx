import type { TableStats } from '@cassette/client';
import { signal } from '@preact/signals';
import { follow, linkTo } from '../../frame/route.ts';
import { stats } from '../../store/watch.ts';
import { bytes, count, plural } from '../../text/numbers.ts';
import { type Block, blockOf, blocksOfBand, type Lane, layLane, scaleOf } from './blocks.ts';
import { colouring, looked } from './chosen.ts';
import { compacting, flushing } from './live.ts';
import type { Places } from './places.ts';
import { ageStep, bandName, dataFileOf } from './words.ts';

/** A table's lane with where it begins. */
export interface PlacedLane {
  readonly lane: Lane;
  readonly y: number;
}

/** What the SSTables' part of the picture shows. */
export interface PlacedLanes {
  readonly lanes: readonly PlacedLane[];
  /** Tables that are not drawn, for there are too many. */
  readonly others: readonly TableStats[];
  readonly height: number;
}

const lanesMax = 10;
const titleHeight = 20;
const laneGap = 18;
const labelWidth = 76;
const targetWidth = 96;

/** Lays out the lanes of those tables that have SSTables, the largest first, as many as fit a picture. */
export function placeLanes(tables: readonly TableStats[], places: Places): PlacedLanes {
  const withFiles = tables.filter(({ sstables }) => sstables.length > 0);
  const bySize = withFiles.toSorted((a, b) => b.sstableBytes - a.sstableBytes);
  // Drawn in an order that stays, whatever grows.
  const drawn = bySize.slice(0, lanesMax).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const space = {
    left: places.sstables.x + labelWidth,
    width: Math.max(60, places.sstables.width - labelWidth - targetWidth - 8),
    scale: scaleOf(drawn),
    blocksMax: blocksOfBand(drawn),
  };
  let y = places.sstables.y + 22;
  const lanes = drawn.map((table) => {
    const lane = layLane(table, space);
    const placed = { lane, y };
    y += titleHeight + lane.height + laneGap;
    return placed;
  });
  return { lanes, others: bySize.slice(lanesMax), height: y - places.sstables.y };
}

const nameOf = ({ keyspace, table }: TableStats) => `${keyspace}.${table}`;

/** Where the output of a compaction of a lane is drawn. */
export function targetOf({ lane, y }: PlacedLane, places: Places): { x: number; y: number; width: number; height: number } {
  const height = Math.min(58, Math.max(34, lane.height));
  return {
    x: places.sstables.x + places.sstables.width - targetWidth,
    y: y + titleHeight + Math.max(0, (lane.height - height) / 2),
    width: targetWidth - 4,
    height,
  };
}

/** The middle of the block of an SSTable, in the picture. */
export function middleOf({ lane, y }: PlacedLane, generation: number): { x: number; y: number } | null {
  const block = blockOf(lane, generation);
  return block === undefined ? null : { x: block.x + block.width / 2, y: y + titleHeight + block.y + block.side / 2 };
}

/** The SSTables, a lane a table. */
export function Lanes({ placed, places }: { placed: PlacedLanes; places: Places }) {
  const { x, y, width } = places.sstables;
  const all = stats.value?.tables.reduce((sum, { sstables }) => sum + sstables.length, 0) ?? 0;
  const onDisk = stats.value?.tables.reduce((sum, { sstableBytes }) => sum + sstableBytes, 0) ?? 0;
  const first = placed.lanes[0]?.lane.bands.flatMap(({ blocks }) => blocks).find(({ sstable }) => sstable !== null);
  return (
    <g class="stage">
      <text x={x} y={y + 10} class="stage-name">
        SSTables
      </text>
      <text x={x + width} y={y + 10} class="stage-hint" text-anchor="end">
        {all === 0 ? '' : `${count(all)}, ${bytes(onDisk)}`}
      </text>
      {all === 0 && (
        <text x={x} y={y + 40} class="stage-hint">
          {flushing.value === null ? 'None yet: a full memtable becomes one.' : 'The first is being written.'}
        </text>
      )}
      {placed.lanes.map((one) => (
        <TableLane
          key={one.lane.table.id}
          placed={one}
          places={places}
          firstKey={first === undefined ? '' : keyOf(placed.lanes[0].lane, first)}
        />
      ))}
      {placed.others.length > 0 && (
        <text x={x} y={y + placed.height - 4} class="stage-hint">
          {`and ${plural(placed.others.length, 'smaller table')}: ${plural(
            placed.others.reduce((sum, { sstables }) => sum + sstables.length, 0),
            'SSTable',
          )}, ${bytes(placed.others.reduce((sum, { sstableBytes }) => sum + sstableBytes, 0))}`}
        </text>
      )}
    </g>
  );
}

/** The one block that Tab goes to; arrow keys go on from there. */
const roving = signal('');
const keyOf = (lane: Lane, block: Block) => `${lane.table.id}/${block.key}`;

function TableLane({ placed, places, firstKey }: { placed: PlacedLane; places: Places; firstKey: string }) {
  const { lane, y } = placed;
  const name = nameOf(lane.table);
  return (
    <g class="lane">
      <text x={places.sstables.x} y={y + 10} class="lane-name">
        {shortened(name, places.sstables.width)}
      </text>
      {lane.bands.map((band) => (
        <g key={`${band.kind}-${band.number}`} class="band">
          <line
            x1={places.sstables.x}
            x2={places.sstables.x + places.sstables.width - targetWidth - 6}
            y1={y + titleHeight + band.y + band.height + 2.5}
            y2={y + titleHeight + band.y + band.height + 2.5}
          />
          <text x={places.sstables.x} y={y + titleHeight + band.y + band.height - 3} class="band-name">
            {bandName(band)}
          </text>
          <title>{`${bandName(band)} of ${name}: ${plural(band.count, 'SSTable')}, ${bytes(band.bytes)}`}</title>
          {band.blocks.map((block) => (
            <BlockMark
              key={block.key}
              block={block}
              top={y + titleHeight}
              table={lane.table}
              band={bandName(band)}
              step={band.kind === 'window' ? lane.bands.indexOf(band) : band.number}
              roveKey={keyOf(lane, block)}
              firstKey={firstKey}
            />
          ))}
        </g>
      ))}
      <Compaction placed={placed} places={places} />
    </g>
  );
}

/** A name in so many pixels, about. */
function shortened(text: string, pixels: number): string {
  const max = Math.max(12, Math.floor(pixels / 8));
  const plain = Array.from(text);
  return plain.length <= max ? text : `${plain.slice(0, max - 1).join('')}…`;
}

interface BlockProps {
  readonly block: Block;
  readonly top: number;
  readonly table: TableStats;
  readonly band: string;
  readonly step: number;
  readonly roveKey: string;
  readonly firstKey: string;
}

const steps = 6;

function BlockMark({ block, top, table, band, step, roveKey, firstKey }: BlockProps) {
  const { sstable, gathered, x, side, width } = block;
  const y = top + block.y;
  if (sstable === null) {
    return (
      <g class="block gathered" style={{ transform: `translate(${x}px, ${y}px)` }}>
        <title>{`${plural(gathered!.count, 'smaller SSTable')} of ${band}, ${bytes(gathered!.bytes)}`}</title>
        <rect x="4" y="0" width={width - 4} height={side - 4} rx="3" class="behind" />
        <rect x="0" y="4" width={width - 4} height={side - 4} rx="3" />
        <text x={(width - 4) / 2} y={side - 7} text-anchor="middle">
          {`+ ${count(gathered!.count)}`}
        </text>
      </g>
    );
  }
  const inputs = compacting.value;
  const isInput =
    inputs !== null &&
    inputs.keyspace === table.keyspace &&
    inputs.table === table.table &&
    inputs.inputs.includes(sstable.generation);
  const shade = colouring.value === 'age' ? ageStep(sstable.maxTimestamp, Date.now()) : Math.min(step, steps - 1);
  const file = dataFileOf(sstable);
  const look = () => {
    looked.value = { table, sstable, band };
  };
  const isRoving = roving.value === roveKey || (roving.value === '' && roveKey === firstKey);
  const deleted = Math.min(1, sstable.droppableTombstones);
  return (
    <a
      class={`block ${colouring.value}-${shade}${isInput ? ' input' : ''}`}
      href={linkTo('inspector', { sstable: file })}
      style={{ transform: `translate(${x}px, ${y}px)` }}
      tabIndex={isRoving ? 0 : -1}
      aria-label={`SSTable ${sstable.generation} of ${nameOf(table)}, ${band}, ${bytes(sstable.bytes)}, ${plural(sstable.partitions, 'partition')}${isInput ? ', being compacted' : ''}`}
      onClick={(event: MouseEvent) => follow(event, 'inspector', { sstable: file })}
      onFocus={() => {
        roving.value = roveKey;
        look();
      }}
      onPointerEnter={look}
    >
      <rect x="0" y="0" width={side} height={side} rx="3" />
      {deleted > 0.005 && <rect x="0" y={side * (1 - deleted)} width={side} height={side * deleted} rx="2" class="deleted" />}
      {side >= 25 && (
        <text x={side / 2} y={side / 2 + 4} text-anchor="middle">
          {sstable.generation}
        </text>
      )}
    </a>
  );
}

function Compaction({ placed, places }: { placed: PlacedLane; places: Places }) {
  const now = compacting.value;
  const { table } = placed.lane;
  if (now === null || now.keyspace !== table.keyspace || now.table !== table.table) return null;
  const target = targetOf(placed, places);
  const share = Math.min(1, now.bytesRead / Math.max(1, now.bytes));
  // One line for a gathered block, however many of its SSTables are merged.
  const starts = new Map<string, { x: number; y: number }>();
  for (const generation of now.inputs) {
    const middle = middleOf(placed, generation);
    if (middle !== null) starts.set(`${middle.x} ${middle.y}`, middle);
  }
  const end = target.y + target.height / 2;
  return (
    <g class="compaction">
      <title>{`Compaction of ${nameOf(table)}: ${plural(now.inputs.length, 'SSTable')} merged, ${bytes(now.bytesRead)} of ${bytes(now.bytes)} read`}</title>
      {[...starts.values()].map(({ x, y }) => (
        <path key={`${x} ${y}`} d={`M${x} ${y} C${(x + target.x) / 2} ${y} ${(x + target.x) / 2} ${end} ${target.x} ${end}`} />
      ))}
      <rect x={target.x} y={target.y} width={target.width} height={target.height} rx="4" class="case" />
      <rect
        x={target.x + 1}
        y={target.y + 1 + (target.height - 2) * (1 - share)}
        width={target.width - 2}
        height={(target.height - 2) * share}
        rx="3"
        class="fill"
      />
      <text x={target.x + target.width / 2} y={end - 2} text-anchor="middle" class="lane-name">
        {`${Math.floor(share * 100)} %`}
      </text>
      <text x={target.x + target.width / 2} y={end + 12} text-anchor="middle" class="stage-hint">
        {`merges ${count(now.inputs.length)}`}
      </text>
    </g>
  );
}

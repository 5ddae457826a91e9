import type { EngineStats } from '@cassette/client';
import { samples, stats } from '../../store/watch.ts';
import { bytes, count, plural } from '../../text/numbers.ts';
import { flushing, segments } from './live.ts';
import { type LogSegment, segmentsAt } from './log-segments.ts';
import type { Places } from './places.ts';

/** Writes, log and memtables: the left of the picture, or its top where the page is narrow. */
export function Flow({ places }: { places: Places }) {
  const now = stats.value;
  return (
    <g>
      <Writes places={places} />
      <Log places={places} now={now} />
      {now !== null && <Memtables places={places} now={now} />}
    </g>
  );
}

function Writes({ places: { writes } }: { places: Places }) {
  const last = samples.value.at(-1);
  const rate = last?.mutations ?? null;
  return (
    <g class="stage">
      <text x={writes.x} y={writes.y - 12} class="stage-name">
        Writes
      </text>
      <text x={writes.x} y={writes.y + 8} class="stage-figure">
        {rate === null ? '–' : count(rate)}
      </text>
      <text x={writes.x} y={writes.y + 22} class="stage-hint">
        rows/s
      </text>
    </g>
  );
}

const segmentHeight = 17;
const looks = { filling: 'filling', sealed: 'waiting', spare: 'spare', retired: 'retired' } as const;
const stateNames = {
  filling: 'filling',
  sealed: 'synced, waits for its flush',
  spare: 'made in advance',
  retired: 'retired',
} as const;

function Log({ places: { log }, now }: { places: Places; now: EngineStats | null }) {
  const shown = segmentsAt(segments.value, now, Date.now());
  const room = Math.floor((log.height - 40) / (segmentHeight + 4));
  const drawn = shown.slice(-room);
  const scale = Math.max(now?.memtableFlushThreshold ?? 1, ...shown.map((one) => one.bytes ?? 0));
  const hidden = shown.length - drawn.length;
  return (
    <g class="stage">
      <text x={log.x} y={log.y + 10} class="stage-name">
        Log
      </text>
      <text x={log.x + log.width} y={log.y + 10} class="stage-hint" text-anchor="end">
        {now === null ? '' : bytes(now.walBytes)}
      </text>
      {drawn.map((segment, index) => (
        <Segment
          key={segment.number}
          segment={segment}
          x={log.x}
          y={log.y + 18 + index * (segmentHeight + 4)}
          width={log.width}
          scale={scale}
        />
      ))}
      <text x={log.x} y={log.y + 18 + drawn.length * (segmentHeight + 4) + 12} class="stage-hint">
        {hidden > 0 ? `and ${count(hidden)} older` : unsynced(now)}
      </text>
    </g>
  );
}

function unsynced(now: EngineStats | null): string {
  if (now === null) return '';
  if (now.walUnsyncedBytes > 0) return `${bytes(now.walUnsyncedBytes)} not synced yet`;
  return now.wal.pendingBytes > 0 ? `${bytes(now.wal.pendingBytes)} on the way` : 'all synced';
}

interface SegmentProps {
  readonly segment: LogSegment;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly scale: number;
}

function Segment({ segment, x, y, width, scale }: SegmentProps) {
  const share = Math.min(1, (segment.bytes ?? 0) / scale);
  return (
    <g class={`segment ${looks[segment.state]}`}>
      <title>{`Log segment ${segment.number}: ${stateNames[segment.state]}${segment.bytes === null ? '' : `, ${bytes(segment.bytes)}`}`}</title>
      <rect x={x} y={y} width={width} height={segmentHeight} rx="3" class="case" />
      <rect x={x + 1} y={y + 1} width={Math.max(0, (width - 2) * share)} height={segmentHeight - 2} rx="2" class="fill" />
      <text x={x + 6} y={y + 12}>
        {segment.number}
      </text>
      <text x={x + width - 6} y={y + 12} text-anchor="end">
        {segment.state === 'filling' || segment.state === 'sealed' ? bytes(segment.bytes ?? 0) : segment.state}
      </text>
    </g>
  );
}

const tankHeight = 84;
const sealedHeight = 26;
const sealedShown = 3;

function Memtables({ places: { memtables: place }, now }: { places: Places; now: EngineStats }) {
  const active = now.memtables.find(({ sealed }) => !sealed);
  const sealed = now.memtables.filter((one) => one.sealed);
  const held = active?.bytes ?? 0;
  const { memtableFlushThreshold } = now;
  const level = Math.min(1, held / memtableFlushThreshold) * (tankHeight - 2);
  const top = place.y + 18;
  const flush = flushing.value;
  return (
    <g class="stage">
      <text x={place.x} y={place.y + 10} class="stage-name">
        Memtables
      </text>
      <g class="tank">
        <title>{`Memtables that take writes: ${bytes(held)} of ${bytes(memtableFlushThreshold)}, ${plural(active?.rows ?? 0, 'row')}; when full they are sealed and flushed`}</title>
        <rect x={place.x} y={top} width={place.width} height={tankHeight} rx="5" class="case" />
        <rect x={place.x + 1} y={top + tankHeight - 1 - level} width={place.width - 2} height={level} rx="4" class="fill" />
        <text x={place.x + place.width / 2} y={top + 36} text-anchor="middle" class="stage-figure">
          {bytes(held)}
        </text>
        <text x={place.x + place.width / 2} y={top + 52} text-anchor="middle" class="stage-hint">
          {`of ${bytes(memtableFlushThreshold)}`}
        </text>
        <text x={place.x + place.width / 2} y={top + 66} text-anchor="middle" class="stage-hint">
          {`${plural(active?.rows ?? 0, 'row')}, ${plural(active?.tables ?? 0, 'table')}`}
        </text>
      </g>
      {sealed.slice(0, sealedShown).map((one, index) => {
        const y = top + tankHeight + 6 + index * (sealedHeight + 4);
        const isFlushing = index === 0 && flush !== null;
        const done = isFlushing ? Math.min(1, flush.bytesWritten / Math.max(1, one.bytes)) : 0;
        return (
          <g key={one.firstSegment} class="sealed">
            <title>{`Sealed memtables, ${bytes(one.bytes)}: ${isFlushing ? 'being written to SSTables' : 'wait for their flush'}`}</title>
            <rect x={place.x} y={y} width={place.width} height={sealedHeight} rx="4" class="case" />
            <rect x={place.x} y={y + sealedHeight - 4} width={place.width * done} height="4" rx="2" class="progress" />
            <text x={place.x + 7} y={y + 14}>
              {isFlushing ? 'flushing' : 'sealed'}
            </text>
            <text x={place.x + place.width - 7} y={y + 14} text-anchor="end">
              {bytes(one.bytes)}
            </text>
          </g>
        );
      })}
      {sealed.length > sealedShown && (
        <text x={place.x} y={top + tankHeight + 18 + sealedShown * (sealedHeight + 4)} class="stage-hint">
          {`and ${count(sealed.length - sealedShown)} more`}
        </text>
      )}
    </g>
  );
}

import type { WriteAheadLog } from '../wal/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';

/** Number of the oldest segment of the log that there is, kept or needed; that of the next one where there is none. */
export function oldestSegment({ changeLog }: EngineState, wal: WriteAheadLog): number {
  return Math.min(...changeLog.segments.keys(), ...wal.sealedSegments.keys(), Math.max(wal.segment, 0));
}

import type { Storage } from '@cassette/storage';
import { oldestSegment } from '../changes/oldest-segment.ts';
import { type Clock, MonotonicClock, systemClock, systemRandom } from '../clock/index.ts';
import { checkedConfig } from '../config/check-config.ts';
import type { WriteEngineConfig } from '../config/index.ts';
import { Flusher } from '../flush/index.ts';
import { MaintenanceThread } from '../maintenance/maintenance-thread.ts';
import type { MaintenanceStarter } from '../maintenance/maintenance-worker.ts';
import { MutationReader } from '../mutation/index.ts';
import { Recovery } from '../recovery/index.ts';
import { defaultScheduler, type Scheduler } from '../scheduler/index.ts';
import { type WalHost, WriteAheadLog } from '../wal/index.ts';
import { flushReplayed, recordWal } from './after-recovery.ts';
import { EngineParts } from './engine-parts.ts';
import { EngineState } from './engine-state.ts';
import type { RecoveryReport } from './recovery-report.ts';
import { applyToMemtables } from './write-path.ts';

/** What an engine is opened with. */
export interface WriteEngineOptions {
  readonly storage: Storage;
  /** What is not given is as in {@link defaultWriteEngineConfig}. */
  readonly config?: Partial<WriteEngineConfig>;
  /** The platform's if absent. */
  readonly clock?: Clock;
  /** {@link defaultScheduler} if absent. */
  readonly scheduler?: Scheduler;
  /** Numbers from 0 up to but without 1, for what tells WAL segments apart; the platform's if absent. */
  readonly random?: () => number;
  /** Starts a worker that flushes and compacts, on the same files; absent: the engine does it itself, in slices. */
  readonly maintenance?: MaintenanceStarter;
}

/** An engine that can be used, and what opening found. */
export interface StartedEngine {
  readonly parts: EngineParts;
  readonly report: RecoveryReport;
}

/** Replayed WAL segments from which on a start flushes what it replayed, so that the next one need not do it again. */
const REPLAYED_SEGMENTS_MAX = 8;

/** Takes a store, recovers it and connects what an engine is made of; see `WriteEngine.open`. */
export async function startEngine(options: WriteEngineOptions): Promise<StartedEngine> {
  const { storage, clock = systemClock, scheduler = defaultScheduler() } = options;
  const config = checkedConfig(options.config);
  await storage.acquire();
  const state = new EngineState(storage, scheduler, config, new MonotonicClock(clock));
  if (options.maintenance !== undefined) state.maintenance = new MaintenanceThread(state, options.maintenance);
  try {
    return await startParts(state, options.random ?? systemRandom);
  } catch (error) {
    state.maintenance?.end();
    for (const { sstables } of state.tables.values()) for (const sstable of sstables) sstable.close();
    await storage.close();
    throw error;
  }
}

async function startParts(state: EngineState, random: () => number): Promise<StartedEngine> {
  // The parts know each other by way of the engine, which is there once all of them are.
  let engine: EngineParts | undefined;
  const flusher = new Flusher(state, {
    progress: () => {
      engine?.sealer.progressed();
      engine?.gate.open();
    },
    flushed: () => engine?.compactor.wake(),
    failed: (error) => engine?.gate.refuse(engine.gate.full('flushing them to SSTables fails', error)),
    retire: async (before) => engine?.wal.retire(before),
    cutRefused: async () => {
      if (state.changeLog.isWanted) await engine?.wal.cutRefused();
    },
    // Until there is an engine only what was replayed is flushed: up to segments that were read.
    hasSegment: (segment) => engine?.wal.has(segment) ?? true,
    oldestSegment: () => (engine === undefined ? 0 : oldestSegment(state, engine.wal)),
  });
  const reader = new MutationReader();
  const { storage, scheduler, config, clock, events } = state;
  const host: WalHost = {
    lastTimestamp: () => clock.lastTimestamp,
    description: () => state.description,
    apply: (bytes, from, to, isLogged) => applyToMemtables(state, reader, bytes, from, to, isLogged),
    committed: (writes, bytes, segment) => {
      if (events.isHeard) events.emit({ type: 'committed', writes, bytes, segment });
      engine?.sealer.sealIfFull();
    },
    failed: (writes, error) =>
      events.emit({ type: 'commit-failed', writes, message: error instanceof Error ? error.message : String(error) }),
    inDoubt: (error) => {
      events.emit({ type: 'wal-flush-failed', bytes: Number(error.data['bytes']), message: error.message });
      engine?.sealer.sealSoon();
    },
    segmentCreated: (segment) => events.emit({ type: 'wal-segment-created', segment }),
    segmentRetired: (segment) => events.emit({ type: 'wal-segment-retired', segment }),
  };
  try {
    const recovery = new Recovery(state, (segment) => flushReplayed(state, flusher, segment));
    const { report, segments, physical, ends, nextSegment } = await recovery.run();
    const keep = (segment: number, size: number, physicalSize: number) => state.changeLog.keep(segment, size, physicalSize);
    const options = { storage, scheduler, durability: config.durability, random, host, firstSegment: nextSegment, keep };
    const wal = await WriteAheadLog.open(options, segments, physical, ends);
    engine = new EngineParts(state, wal, flusher);
    events.opened(report);
    await recordWal(state, wal, random);
    engine.compactor.wake();
    if (segments.size > REPLAYED_SEGMENTS_MAX) engine.sealer.sealSoon();
    return { parts: engine, report };
  } catch (error) {
    await flusher.stop();
    throw error;
  }
}

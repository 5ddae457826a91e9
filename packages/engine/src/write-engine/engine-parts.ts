import { Compactor } from '../compaction/compactor.ts';
import type { Flusher } from '../flush/index.ts';
import type { WriteAheadLog } from '../wal/index.ts';
import { Adoption } from './adoption.ts';
import type { EngineState } from './engine-state.ts';
import { ClosedError } from './errors.ts';
import { RoomWatch } from './room-watch.ts';
import { Sealer } from './sealer.ts';
import { WriteGate } from './write-gate.ts';

/** What an engine is made of: each part does one thing with the state that they share. */
export class EngineParts {
  readonly state: EngineState;
  readonly wal: WriteAheadLog;
  readonly flusher: Flusher;
  readonly sealer: Sealer;
  readonly gate: WriteGate;
  readonly compactor: Compactor;
  readonly roomWatch: RoomWatch;
  readonly adoption: Adoption;
  /** Set when the engine begins to end. */
  isClosing = false;

  constructor(state: EngineState, wal: WriteAheadLog, flusher: Flusher) {
    this.state = state;
    this.wal = wal;
    this.flusher = flusher;
    this.sealer = new Sealer(state, wal, flusher);
    this.compactor = new Compactor(state);
    this.roomWatch = new RoomWatch(state);
    this.adoption = new Adoption(state);
    this.gate = new WriteGate(
      state,
      wal,
      () => this.sealer.sealSoon(),
      () => flusher.lastFailure,
    );
  }

  /** Has the log tell how the store is described from now on, in the turn in which that changes, after the catalog has it. */
  describeStore(): void {
    this.wal.describe();
    this.sealer.sealIfFull();
  }

  /** Throws ClosedError once the engine ends. */
  checkOpen(): void {
    if (this.isClosing) throw new ClosedError('The store');
  }
}

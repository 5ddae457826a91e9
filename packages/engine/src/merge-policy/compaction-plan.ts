/** Why SSTables are compacted: the policy asks for it, one has many tombstones that may go, all of them have nothing left, or somebody said so. */
export type CompactionKind = 'policy' | 'tombstones' | 'expired' | 'major';

/** SSTables of one table that are to become one, or several that don't overlap. What a merge policy decides, before anything is done. */
export interface CompactionPlan {
  readonly kind: CompactionKind;
  /** Generations. */
  readonly inputs: readonly number[];
  /** Of the SSTables that come out, or of the first of them. */
  readonly level: number;
  /**
   * What comes out fills one level after the other: each takes so many times more SSTables of `outputBytes` than the one below;
   * absent: all are of one level.
   */
  readonly levelFanout?: number;
  /** Bytes of Data.db from which on another SSTable is begun, at the next partition; absent: all in one. */
  readonly outputBytes?: number;
  /** SSTables are split where their tokens pass into another of so many equal parts of the ring, too; absent: nowhere. */
  readonly outputShards?: number;
  /** The one input only takes the level: its rows need not be written again. */
  readonly inPlace?: boolean;
  /** Whether it is still good without its largest inputs, where there is no room for all, or which of them it does without; default true. */
  readonly mayShrink?: boolean | readonly number[];
}

/** A step that Cassette under Node and Cassandra in a JVM did with the same rows, rows a second, a value a round. */
export interface PairFigure {
  /** `unsorted`, `sorted`, `flush` or `compact`. */
  readonly op: string;
  /** `lz4` or `none`. */
  readonly compression: string;
  /** Empty where it has no such step. */
  readonly cassette: readonly number[];
  /** Empty where there is no Java. */
  readonly cassandra: readonly number[];
  readonly cassetteBytes: number;
  readonly cassandraBytes: number;
}

/** Whole processes over one SSTable, in seconds, a value a round. */
export interface ToolFigure {
  /** `dump`, `verify`, or `load`: JSON lines to SSTables, beside CQLSSTableWriter with its rows in memory and without its JVM's start. */
  readonly name: string;
  readonly cassette: readonly number[];
  readonly cassandra: readonly number[];
}

/** What was measured in Node beside Cassandra, as plain data. */
export interface PairRun {
  readonly node: string;
  readonly rows: number;
  readonly rounds: number;
  /** What each did before the rounds that count. */
  readonly warmUps: number;
  readonly figures: readonly PairFigure[];
  readonly tools: readonly ToolFigure[];
  /** Rows of the tool `load`; the others have `rows`. */
  readonly loadRows: number;
  /** Why Cassandra was left out; null where it was not. */
  readonly missing: string | null;
}

/** One figure of Node's run, a value a round. */
export interface NodeFigure {
  readonly name: string;
  readonly rowsPerSecond: readonly number[];
  /** MB (10^6 bytes) of Data.db before compression a second; null where no file is made. */
  readonly megabytesPerSecond: readonly number[] | null;
}

/** What was measured in Node, as plain data. */
export interface NodeRun {
  readonly node: string;
  readonly rounds: number;
  readonly rows: number;
  readonly figures: readonly NodeFigure[];
  /** Bytes of all components a row on disk, by table. */
  readonly bytesPerRow: Readonly<Record<string, number>>;
}

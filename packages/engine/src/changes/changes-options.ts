/** Which changes `changes` gives. */
export interface ChangesOptions {
  /**
   * The position of the last change that was taken: those after it come. Absent or null: all that the log still has. 'now': those from now on.
   */
  readonly since?: string | null;
  /** Only of these tables: `keyspace.table`, or a name in the current keyspace. Absent: of all that have `cdc = true`. */
  readonly tables?: readonly string[];
  /** Whether to wait for more at the end of the log; default true. */
  readonly follow?: boolean;
  /** Ends it: the iteration ends as if there were no more. */
  readonly signal?: AbortSignal;
}

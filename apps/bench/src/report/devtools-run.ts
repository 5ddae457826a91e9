/** What the devtools page costs who looks at it, a number a round: in a browser that was just started. Milliseconds. */
export interface DevtoolsRun {
  /** Until something was painted. */
  readonly firstPaint: readonly number[];
  /** From the start of the page until its worker has made and opened a store. */
  readonly ready: readonly number[];
  /** The longest task of the page's thread while the load generator wrote as much as it could, and the picture and plots followed. */
  readonly longestTask: readonly number[];
  /** Rows a second that were written meanwhile. */
  readonly rowsPerSecond: readonly number[];
}

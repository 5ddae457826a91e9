/** One statement of a script: its text without the `;`, and where it begins. */
export interface ScriptPart {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

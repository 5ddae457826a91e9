/** One statement of a script: its text without the `;`, and where it begins. */
export interface ScriptPart {
  /** Without the `;`, comments within it as they are. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

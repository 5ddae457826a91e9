// Whether a script is CQL, while it is typed: read, not run. This comes with the parser, and so it is loaded late.

import type { CassetteError } from '@cassette/bytes';
import { parseStatement } from '@cassette/cql';
import { CommandError } from '../commands/command.ts';
import { parseCommand } from '../commands/parse-command.ts';
import { copyOptions } from '../files/copy-options.ts';
import { splitScript } from './split-script.ts';

/** Something that is wrong in a script. */
export interface Mistake {
  /** Where it is in the script. UTF-16 units. */
  readonly position: number;
  /** Where its statement ends. */
  readonly end: number;
  readonly message: string;
}

/** Mistakes that are looked for; behind so many a script is something else. */
const mistakesMax = 50;

/** The first mistake of each statement. */
export function checkScript(script: string): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const { kind, text, from } of splitScript(script)) {
    if (mistakes.length === mistakesMax) break;
    try {
      if (kind === 'cql') parseStatement(text);
      else {
        const command = parseCommand(text);
        if (command.kind === 'copy') copyOptions(command);
      }
    } catch (error) {
      const found = mistakeOf(error);
      mistakes.push({ position: from + found.position, end: from + text.length, message: found.message });
    }
  }
  return mistakes;
}

function mistakeOf(error: unknown): { readonly position: number; readonly message: string } {
  if (error instanceof CommandError) return { position: error.position, message: error.message };
  const { message, data } = error as CassetteError;
  // What is wrong, but was not found out at a place, is wrong with the statement as a whole.
  const position = typeof data?.['position'] === 'number' ? data['position'] : 0;
  return { position, message: message.split('\n')[0].replace(/^line \d+:\d+ /, '') };
}

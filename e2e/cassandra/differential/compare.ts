import type { SessionAnswer, SessionError } from '../session.ts';
import { BROKEN } from './cassette-engine.ts';

/** In what the answers to one step differ, in a sentence or two; null where they are the same. */
export function difference(ours: SessionAnswer, theirs: SessionAnswer): string | null {
  if (ours.error !== undefined || theirs.error !== undefined) return errorDifference(ours, theirs);
  const [ourColumns, theirColumns] = [columnsOf(ours), columnsOf(theirs)];
  if (ourColumns !== theirColumns) return both('columns', ourColumns, theirColumns);
  const [ourRows, theirRows] = [linesOf(ours), linesOf(theirs)];
  const at = Array.from({ length: Math.max(ourRows.length, theirRows.length) }).findIndex(
    (_, index) => ourRows[index] !== theirRows[index],
  );
  return at < 0 ? null : both(`row ${at} of`, `${lineOf(ourRows, at)}`, `${lineOf(theirRows, at)}`);
}

/** Whether Cassandra answered with a failure of its own. */
export function isServerFailure(error: SessionError | undefined): boolean {
  return error?.code === 0;
}

function lineOf(rows: readonly string[], at: number): string {
  return `${rows.length}: ${rows[at] ?? '(nothing)'}`;
}

function both(what: string, ours: string, theirs: string): string {
  return `${what}\n    Cassette:  ${ours}\n    Cassandra: ${theirs}`;
}

function columnsOf({ columns }: SessionAnswer): string {
  return columns === undefined ? 'none' : columns.map(([name, type]) => `${name} ${unfrozen(type)}`).join(', ');
}

/** A type without `frozen`, of which the protocol does not tell. */
function unfrozen(type: string): string {
  let plain = '';
  const frozen: boolean[] = [];
  for (const [piece] of type.matchAll(/frozen<|<|>|[^<>]*?(?=frozen<|<|>|$)/g)) {
    if (piece === '>' && frozen.pop() === true) continue;
    if (piece.endsWith('<')) frozen.push(piece !== '<');
    if (piece !== 'frozen<') plain += piece;
  }
  return plain;
}

function linesOf({ rows = [], columns = [] }: SessionAnswer): string[] {
  return rows.map((row) => row.map((cell, at) => (cell === null ? 'null' : oneNaN(cell, columns[at]?.[1]))).join(' | '));
}

/** Whether a NaN that was computed has a sign is the processor's choice. */
function oneNaN(cell: string, type: string | undefined): string {
  const once = type?.includes('float') ? cell.replaceAll('ffc00000', '7fc00000') : cell;
  return type?.includes('double') ? once.replaceAll('fff8000000000000', '7ff8000000000000') : once;
}

function told(error: SessionError | undefined): string {
  return error === undefined ? 'no error' : `${error.name} 0x${error.code.toString(16)}: ${error.message}`;
}

function errorDifference(ours: SessionAnswer, theirs: SessionAnswer): string | null {
  const [own, other] = [ours.error, theirs.error];
  // Where the server itself fails (an assertion, a null pointer) in a read, there is no answer to compare with; a write that it fails at
  // must not have been done here.
  const isSame = isServerFailure(other) ? own !== undefined || ours.columns !== undefined : own?.code === other?.code;
  return isSame && own?.name !== BROKEN ? null : both('error', told(own), told(other));
}

import type { SessionStep, StatementStep } from '../session.ts';

/** A script's steps, and which of them Cassandra answers otherwise for a reason. */
export interface Script {
  readonly steps: readonly SessionStep[];
  /** The reason, by step. */
  readonly explained: ReadonlyMap<number, string>;
}

const CLOCK = 1_700_000_000;

/** What every script begins with: a clock that stands, and a keyspace. */
const prelude: readonly SessionStep[] = [
  { clock: CLOCK },
  { cql: "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}" },
  { cql: 'USE k' },
];

/**
 * Reads a script: statements that end with a `;` at the end of a line, and directives in lines of their own:
 *
 *   -- CLOCK seconds, -- FLUSH, -- COMPACT, -- NEXT     steps of a session
 *   -- PAGE rows, -- FIRST rows, -- TIMESTAMP micros     how the next statement is executed
 *   -- BIND hex null unset …                             values of its bind markers
 *   -- DIFFERS reason                                    Cassandra answers it otherwise, and should
 */
export function readScript(text: string): Script {
  const steps: SessionStep[] = [...prelude];
  const explained = new Map<number, string>();
  let options: Omit<StatementStep, 'cql'> = {};
  let statement = '';
  let clock = CLOCK;
  for (const line of text.split('\n')) {
    const [, word, rest = ''] = (statement === '' ? /^-- ([A-Z]+)(?: (.*))?$/.exec(line) : null) ?? [];
    if (word !== undefined) {
      const step = stepOf(word, rest);
      if (step !== null && 'clock' in step) clock = step.clock;
      if (step !== null) steps.push(step);
      else if (word === 'DIFFERS') explained.set(steps.length, rest);
      else options = { ...options, ...optionOf(word, rest) };
      continue;
    }
    statement += statement === '' ? line : `\n${line}`;
    if (!line.trimEnd().endsWith(';') || (/^\s*BEGIN\b/i.test(statement) && !/\bAPPLY\s+BATCH\s*;\s*$/i.test(statement))) {
      if (statement.trim() === '') statement = '';
      continue;
    }
    // Default timestamps depend on what a server was asked before, refused statements too; these come before what it chooses itself, such
    // as the time of a column's drop.
    const timestamp = String(BigInt(clock) * 1_000_000n - 100_000n + BigInt(steps.length));
    steps.push({ cql: statement.trim().slice(0, -1), timestamp, ...options });
    statement = '';
    options = {};
  }
  if (statement.trim() !== '') throw new Error(`this statement has no end: ${statement}`);
  return { steps, explained };
}

function stepOf(word: string, rest: string): SessionStep | null {
  switch (word) {
    case 'CLOCK':
      return { clock: Number(rest) };
    case 'FLUSH':
      return { flush: rest };
    case 'COMPACT':
      return { compact: rest };
    case 'NEXT':
      return { next: true };
    default:
      return null;
  }
}

function optionOf(word: string, rest: string): Omit<StatementStep, 'cql'> {
  switch (word) {
    case 'PAGE':
      return { page: Number(rest) };
    case 'FIRST':
      return { page: Number(rest), first: true };
    case 'TIMESTAMP':
      return { timestamp: rest };
    case 'BIND':
      return {
        values: rest
          .split(' ')
          .filter(Boolean)
          .map((value) => (value === 'null' ? null : value === 'unset' ? false : value)),
      };
    default:
      throw new Error(`-- ${word} is no directive`);
  }
}

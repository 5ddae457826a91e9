import { CassetteError } from '@cassette/bytes';
import { CqlError, excerpt, locate, parseStatements } from '@cassette/cql';
import { type Database, type Durability, formatTrace, type ResultSet } from '@cassette/engine';
import { withStore } from '../open-store.ts';
import { print } from '../print.ts';
import { printRows } from '../print-rows.ts';
import { readText } from '../read-text.ts';

interface ExecOptions {
  readonly dir: string;
  readonly schema?: string;
  readonly now?: number;
  /** Commander's --no-auto-compaction. */
  readonly autoCompaction: boolean;
  readonly durability: Durability;
  readonly tracing?: true;
}

/** Rows of a page of a SELECT: what is in memory at a time. */
const fetchSize = 5000;

/**
 * `cassette exec --dir D [--schema S.cql] [--now SECONDS] [--no-auto-compaction] [--durability MODE] [--tracing] SCRIPT.cql…`. A script that is not CQL from
 * end to end is refused whole; else statements run in order and the first that fails ends it, those before it stay.
 * Everything is durable when the command ends.
 */
export async function exec(scripts: readonly string[], options: ExecOptions): Promise<void> {
  const files = options.schema === undefined ? scripts : [options.schema, ...scripts];
  const sources = files.map((file) => ({ file, source: readText(file) }));
  // Nobody is told of a statement before the command ends, so by default the log is not flushed for each: closing flushes it.
  // Exit code 0 is the acknowledgement.
  const { now, autoCompaction, durability, tracing = false } = options;
  await withStore(options.dir, { durability, autoCompaction, ...(now === undefined ? {} : { now }) }, async (database) => {
    for (const { file, source } of sources) await run(database, file, source, tracing);
  });
}

async function run(database: Database, file: string, source: string, tracing: boolean): Promise<void> {
  for (const { start, end } of parsed(file, source)) {
    const text = source.slice(start, end);
    try {
      let pageState: Uint8Array | null = null;
      do {
        const result: ResultSet = await database.execute(text, [], { fetchSize, pageState, tracing });
        for (const line of printRows(result)) await print(line);
        // Not among the rows, which somebody may read who is no human.
        if (result.trace !== null) process.stderr.write(`\n${formatTrace(result.trace).join('\n')}\n\n`);
        pageState = result.pageState;
      } while (pageState !== null);
    } catch (error) {
      throw placed(error, file, source, start);
    }
  }
}

function parsed(file: string, source: string) {
  try {
    return parseStatements(source);
  } catch (error) {
    throw placed(error, file, source, 0);
  }
}

/** The error of a statement that begins at `start`, with its place in the file and the file's line. */
function placed(error: unknown, file: string, source: string, start: number): unknown {
  if (!(error instanceof CassetteError)) return error;
  const own = error.data['position'];
  const position = start + (typeof own === 'number' ? own : 0);
  const { line, column } = locate(source, position);
  // A message that tells a place ends with the statement's line and a caret; here both are the file's.
  const place = /^line \d+:\d+ /.exec(error.message);
  const message = place === null ? error.message : error.message.slice(place[0].length).split('\n').slice(0, -2).join('\n');
  const shown = error instanceof CqlError ? `\n${excerpt(source, position)}` : '';
  return new CassetteError(
    error.code,
    `${file}:${line}:${column}: ${message}${shown}`,
    { ...error.data, file, line, column },
    error,
  );
}

import { CassetteError } from '@cassette/bytes';
import { CqlError, excerpt, locate, parseStatements } from '@cassette/cql';
import { type Database, type Durability, formatTrace, type ResultSet } from '@cassette/engine';
import { withStore } from '../open-store.ts';
import { isRead, jsonLine, print } from '../print.ts';
import { printRows } from '../print-rows.ts';
import { ProgressLine } from '../progress-line.ts';
import { readText } from '../read-text.ts';
import { isJson, tellLine } from '../tell-error.ts';

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
 * Everything is durable when the command ends. Where nobody reads the rows any more (`| head`) the rest of them is not looked for, and the statements
 * behind are run all the same: exit code 0 says that all were.
 */
export async function exec(scripts: readonly string[], options: ExecOptions): Promise<void> {
  const files = options.schema === undefined ? scripts : [options.schema, ...scripts];
  const sources = files.map((file) => ({ file, source: readText(file) }));
  // Nobody is told of a statement before the command ends, so by default the log is not flushed for each: closing flushes it.
  // Exit code 0 is the acknowledgement.
  const { now, autoCompaction, durability, tracing = false } = options;
  await withStore(options.dir, { durability, autoCompaction, ...(now === undefined ? {} : { now }) }, async (database) => {
    const progress = new ProgressLine();
    const total = sources.reduce((sum, { source }) => sum + source.length, 0);
    let before = 0;
    try {
      for (const { file, source } of sources) {
        await run(database, file, source, tracing, (done) => progress.show('running', before + done, total));
        before += source.length;
      }
    } finally {
      progress.end();
    }
  });
}

async function run(
  database: Database,
  file: string,
  source: string,
  tracing: boolean,
  onProgress: (characters: number) => void,
): Promise<void> {
  for (const { start, end } of parsed(file, source)) {
    onProgress(start);
    const text = source.slice(start, end);
    try {
      let pageState: Uint8Array | null = null;
      do {
        const result: ResultSet = await database.execute(text, [], { fetchSize, pageState, tracing });
        for (const line of printRows(result)) await print(line);
        // Not among the rows, which somebody may read who is no human.
        if (result.trace !== null)
          tellLine(isJson() ? jsonLine({ trace: result.trace }) : `\n${formatTrace(result.trace).join('\n')}\n`);
        pageState = result.pageState;
      } while (pageState !== null && isRead());
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

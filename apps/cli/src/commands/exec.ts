import { readFileSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { parseStatements } from '@cassette/cql';
import { type Database, Durability, type ResultSet } from '@cassette/engine';
import { withStore } from '../open-store.ts';
import { print } from '../print.ts';
import { printRows } from '../print-rows.ts';

interface ExecOptions {
  readonly dir: string;
  readonly schema?: string;
  readonly now?: number;
}

/** Rows of a page of a SELECT: what is in memory at a time. */
const fetchSize = 5000;

/**
 * `cassette exec --dir D [--schema S.cql] [--now SECONDS] SCRIPT.cql…`. A script that is not CQL from
 * end to end is refused whole; else statements run in order and the first that fails ends it, those before it stay.
 * Everything is durable when the command ends.
 */
export async function exec(scripts: readonly string[], options: ExecOptions): Promise<void> {
  const files = options.schema === undefined ? scripts : [options.schema, ...scripts];
  const sources = files.map((file) => ({ file, source: readText(file) }));
  // Nobody is told of a statement before the command ends, so the log need not be flushed for each: closing flushes it.
  const durability = Durability.Periodic(1000);
  await withStore(options.dir, { durability, ...(options.now === undefined ? {} : { now: options.now }) }, async (database) => {
    for (const { file, source } of sources) await run(database, file, source);
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CassetteError('CANNOT_READ', `${file} can't be read: ${(error as Error).message}`, { file }, error);
  }
}

async function run(database: Database, file: string, source: string): Promise<void> {
  for (const { start, end } of inFile(file, 0, () => parseStatements(source))) {
    const text = source.slice(start, end);
    try {
      let pageState: Uint8Array | null = null;
      do {
        const result: ResultSet = await database.execute(text, [], { fetchSize, pageState });
        for (const line of printRows(result)) await print(line);
        pageState = result.pageState;
      } while (pageState !== null);
    } catch (error) {
      throw placed(error, file, source.slice(0, start).split('\n').length - 1);
    }
  }
}

function inFile<T>(file: string, linesBefore: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(error, file, linesBefore);
  }
}

/** The error with the file's name and its line in the file, where it is one of a statement's. */
function placed(error: unknown, file: string, linesBefore: number): unknown {
  if (!(error instanceof CassetteError)) return error;
  const place = /^line (\d+):(\d+) /.exec(error.message);
  const line = linesBefore + Number(place?.[1] ?? 1);
  const where = place === null ? `${file}:${line}` : `${file}:${line}:${place[2]}`;
  const message = place === null ? error.message : error.message.slice(place[0].length);
  return new CassetteError(error.code, `${where}: ${message}`, { ...error.data, file, line }, error);
}

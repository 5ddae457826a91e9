import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { printModule } from '@cassette/cql';
import { describeQueries } from '@cassette/engine';
import { print } from '../print.ts';
import { readText } from '../read-text.ts';
import { schemaOfScript } from '../schema-of.ts';

interface TypesOptions {
  readonly schema: string;
  readonly out?: string;
  readonly keyspace?: string;
  readonly importFrom: string;
  readonly exactTimes?: boolean;
  readonly check?: boolean;
}

/**
 * `cassette types --schema S.cql [--out FILE] [QUERIES.cql…]`: TypeScript with the types of the schema's rows and parameters and of the
 * named statements of the files. With `--check` nothing is written: the command fails where FILE is not what would be.
 */
export async function types(queries: readonly string[], options: TypesOptions): Promise<void> {
  const { schema, keyspace } = await schemaOfScript(options.schema, readText(options.schema), options.keyspace);
  const statements = describeQueries(
    queries.map((file) => ({ file, text: readText(file) })),
    schema,
    keyspace,
  );
  const text = printModule({
    schema,
    statements,
    importFrom: options.importFrom,
    madeFrom: [options.schema, ...queries].map((file) => basename(file)),
    exactTimes: options.exactTimes === true,
  });
  const { out } = options;
  if (options.check === true) checkSame(out, text);
  else if (out === undefined) await print(text);
  else write(out, text);
}

/** A compiler that looks meanwhile sees the old file or the new one. */
function write(out: string, text: string): void {
  const part = `${out}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, out);
  } catch (error) {
    rmSync(part, { force: true });
    throw new CassetteError('CANNOT_WRITE', `${out} can't be written: ${(error as Error).message}`, { file: out }, error);
  }
}

function checkSame(out: string | undefined, text: string): void {
  if (out === undefined) throw new CassetteError('USAGE', '--check compares with the file that --out names: give it, too');
  if (readText(out) === text) return;
  throw new CassetteError('TYPES_CHANGED', `${out} is not what these files make: run cassette types again`, { file: out });
}

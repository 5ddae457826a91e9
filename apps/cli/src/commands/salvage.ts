import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { Schema } from '@cassette/cql';
import { Durability, type ExportHooks, openDatabase, type SalvageReport, salvage as salvageStore } from '@cassette/engine';
import { MemoryStorage, NodeStorage, type Storage } from '@cassette/storage';
import { DirectoryTarget } from '../export-files.ts';
import { unlessInterrupted } from '../interrupt.ts';
import { withStore } from '../open-store.ts';
import { print } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { readText } from '../read-text.ts';
import { storageOf } from '../store-key.ts';
import { isJson } from '../tell-error.ts';
import { WatchedStorage } from '../watched-storage.ts';

interface SalvageCommandOptions {
  readonly dir: string;
  readonly out?: string;
  readonly apply?: boolean;
  readonly schema?: string;
}

/**
 * `cassette salvage --dir D --out DIR [--schema S.cql]` reads all that checksums vouch for, of a store with or without its catalog, and
 * writes it as SSTables; `cassette salvage --dir D --apply` takes what earlier openings set aside back into the store. Prints a report,
 * which `--out` has as `salvage.json` too. Exit code 0 whatever is lost: the report tells.
 */
export async function salvage({ dir, out, apply = false, schema }: SalvageCommandOptions): Promise<void> {
  if ((out === undefined) === !apply) {
    throw new CassetteError('USAGE', 'salvage takes either --out, for all that can be read, or --apply, for what was set aside');
  }
  const progress = new ProgressLine();
  let report: SalvageReport;
  try {
    report = apply ? await applied(dir, progress) : await written(dir, resolve(out!), schema, progress);
  } finally {
    progress.end();
  }
  await print(`${JSON.stringify(report, null, isJson() ? 0 : 2)}\n`);
}

function applied(dir: string, progress: ProgressLine): Promise<SalvageReport> {
  return withStore(dir, { mustExist: true }, ({ engine }) =>
    salvageStore(watched(engine.storage, dir, progress), engine, { what: 'aside' }),
  );
}

/** The store, of which the line tells how much was read. Some files are read more than once, and some not at all: it tells more or less. */
function watched(storage: Storage, dir: string, progress: ProgressLine): Storage {
  const total = readdirSync(dir).reduce(
    (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  let done = 0;
  return new WatchedStorage(storage, (_, bytes) => {
    done += bytes;
    progress.show('reading', Math.min(done, total), total);
  });
}

async function written(dir: string, out: string, schema: string | undefined, progress: ProgressLine): Promise<SalvageReport> {
  if (!existsSync(dir) || !statSync(dir).isDirectory())
    throw new CassetteError('NO_STORE', `There is no directory ${dir}`, { dir });
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0)) {
    throw new CassetteError('NOT_EMPTY', `${out} is no empty directory: give a new or an empty directory`, { dir: out });
  }
  const tables = schema === undefined ? undefined : await schemaOf(schema);
  const wasThere = existsSync(out);
  const undo = () => {
    rmSync(out, { recursive: true, force: true });
    if (wasThere) mkdirSync(out);
  };
  try {
    return await unlessInterrupted(undo, () => salvaged(dir, out, tables, progress));
  } catch (error) {
    // Nothing was there before, and what is there now is no whole answer.
    undo();
    throw error;
  }
}

async function salvaged(dir: string, out: string, tables: Schema | undefined, progress: ProgressLine): Promise<SalvageReport> {
  // What is salvaged goes through a store of its own: rows of many files become one, in bounded memory.
  const scratch = join(out, 'scratch');
  try {
    mkdirSync(scratch, { recursive: true });
  } catch (error) {
    throw new CassetteError('CANNOT_WRITE', `${out} can't be made: ${(error as Error).message}`, { file: out }, error);
  }
  const source = watched(storageOf(dir), dir, progress);
  await source.acquire();
  try {
    const config = { durability: Durability.Disabled, compaction: { enabled: false } };
    const target = await openDatabase({ storage: new NodeStorage(scratch), config });
    let report: SalvageReport;
    try {
      report = await salvageStore(source, target.engine, tables === undefined ? {} : { schema: tables });
      const onProgress: ExportHooks['onProgress'] = ({ phase, bytesDone, bytesTotal }) =>
        progress.show(phase, bytesDone, bytesTotal);
      await target.exportTo({}, new DirectoryTarget(out), { onProgress });
    } finally {
      await target.close();
    }
    writeFileSync(join(out, 'salvage.json'), `${JSON.stringify(report, null, 2)}\n`);
    return report;
  } finally {
    await source.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function schemaOf(file: string) {
  const database = await openDatabase({ storage: new MemoryStorage() });
  try {
    await database.applySchema(readText(file));
    return database.schema;
  } finally {
    await database.close();
  }
}

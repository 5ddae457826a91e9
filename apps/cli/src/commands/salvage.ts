import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { Durability, openDatabase, type SalvageReport, salvage as salvageStore } from '@cassette/engine';
import { MemoryStorage, NodeStorage } from '@cassette/storage';
import { DirectoryTarget } from '../export-files.ts';
import { withStore } from '../open-store.ts';
import { readText } from '../read-text.ts';
import { storageOf } from '../store-key.ts';

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
  const report = apply ? await applied(dir) : await written(dir, resolve(out!), schema);
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

function applied(dir: string): Promise<SalvageReport> {
  return withStore(dir, { mustExist: true }, ({ engine }) => salvageStore(engine.storage, engine, { what: 'aside' }));
}

async function written(dir: string, out: string, schema: string | undefined): Promise<SalvageReport> {
  if (!existsSync(dir)) throw new CassetteError('NO_STORE', `There is no directory ${dir}`, { dir });
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0)) {
    throw new CassetteError('NOT_EMPTY', `${out} is no empty directory: give a new or an empty directory`, { dir: out });
  }
  const tables = schema === undefined ? undefined : await schemaOf(schema);
  // What is salvaged goes through a store of its own: rows of many files become one, in bounded memory.
  const scratch = join(out, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const source = storageOf(dir);
  await source.acquire();
  try {
    const config = { durability: Durability.Disabled, compaction: { enabled: false } };
    const target = await openDatabase({ storage: new NodeStorage(scratch), config });
    let report: SalvageReport;
    try {
      report = await salvageStore(source, target.engine, tables === undefined ? {} : { schema: tables });
      await target.exportTo({}, new DirectoryTarget(out));
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

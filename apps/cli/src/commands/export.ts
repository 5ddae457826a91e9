import { resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { ExportOptions } from '@cassette/engine';
import { checkReplaceable, exportFiles } from '../export-files.ts';
import { withStore } from '../open-store.ts';
import { ProgressLine } from '../progress-line.ts';

interface ExportCommandOptions {
  readonly dir: string;
  readonly out: string;
  readonly format: NonNullable<ExportOptions['format']>;
  /** Commander's --no-compact. */
  readonly compact: boolean;
  readonly allowIncomplete?: boolean;
  readonly since?: string;
  readonly table?: readonly string[];
  readonly tokenRange?: NonNullable<ExportOptions['tokenRange']>;
  readonly ids?: NonNullable<ExportOptions['ids']>;
}

/**
 * `cassette export --dir D --out X.zip|DIR [--format nb|oa|da] [--no-compact] [--since ID] [--table ks.t]… [--token-range A,B]`; prints what was exported as one JSON object. What
 * was at `--out` stays as it was until the new export is whole, and is then replaced by it.
 */
export async function exportStore({
  dir,
  format,
  compact,
  allowIncomplete = false,
  since,
  table,
  tokenRange,
  ids,
  ...options
}: ExportCommandOptions): Promise<void> {
  const out = resolve(options.out);
  const what: ExportOptions = {
    format,
    compact,
    ...(since !== undefined && { since }),
    ...(table !== undefined && { tables: table }),
    ...(tokenRange !== undefined && { tokenRange }),
    ...(ids !== undefined && { ids }),
  };
  checkReplaceable(out);
  const report = await withStore(dir, { mustExist: true }, async (database) => {
    const { sstablesSetAside } = database.recovery;
    if (sstablesSetAside.length > 0 && !allowIncomplete) {
      const [{ table, file }] = sstablesSetAside;
      throw new CassetteError(
        'INCOMPLETE',
        `${sstablesSetAside.length} damaged SSTables were set aside, ${file} of ${table} first: an export would lack their rows and deletions. --allow-incomplete exports the rest`,
      );
    }
    return exportFiles(database, what, out, new ProgressLine());
  });
  process.stdout.write(`${JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`);
}

import { resolve } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import type { Database, ExportOptions } from '@cassette/engine';
import { checkReplaceable, exportFiles, exportToOutput } from '../export-files.ts';
import { abortable } from '../interrupt.ts';
import { withStore } from '../open-store.ts';
import { jsonLine, printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { tellLine } from '../tell-error.ts';

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
 * `cassette export --dir D --out X.zip|DIR|- [--format nb|oa|da] [--no-compact] [--since ID] [--table ks.t]… [--token-range A,B]`; prints what was exported as one JSON object. What
 * was at `--out` stays as it was until the new export is whole, and is then replaced by it. `--out -` is a zip on standard output, and the object goes to
 * standard error.
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
  const isPiped = options.out === '-';
  if (isPiped && process.stdout.isTTY === true) {
    throw new CassetteError(
      'USAGE',
      '--out - writes a zip to standard output, which is a terminal: name a file, or a pipe behind it',
    );
  }
  const out = resolve(options.out);
  const what: ExportOptions = {
    format,
    compact,
    ...(since !== undefined && { since }),
    ...(table !== undefined && { tables: table }),
    ...(tokenRange !== undefined && { tokenRange }),
    ...(ids !== undefined && { ids }),
  };
  if (!isPiped) checkReplaceable(out);
  const exported = (signal: AbortSignal) => async (database: Database) => {
    const { sstablesSetAside } = database.recovery;
    if (sstablesSetAside.length > 0 && !allowIncomplete) {
      const [{ table, file }] = sstablesSetAside;
      throw new CassetteError(
        'INCOMPLETE',
        `${sstablesSetAside.length} damaged SSTables were set aside, ${file} of ${table} first: an export would lack their rows and deletions. --allow-incomplete exports the rest`,
      );
    }
    const progress = new ProgressLine();
    return isPiped ? exportToOutput(database, what, progress, signal) : exportFiles(database, what, out, progress, signal);
  };
  const report = await abortable((signal) => withStore(dir, { mustExist: true }, exported(signal)));
  if (isPiped) tellLine(jsonLine(report));
  else await printJson(report);
}

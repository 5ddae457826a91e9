import type { DiskFile, Run } from './lab-types.ts';

/** A row of the disk: a file, or all files of one SSTable. */
export interface DiskRow {
  readonly name: string;
  readonly files: number;
  readonly before: { readonly size: number; readonly isNameDurable: boolean; readonly runs: readonly Run[] } | null;
  readonly after: { readonly size: number; readonly runs: readonly Run[] } | null;
  readonly recovered: number | null;
}

/** Files with those of an SSTable together, for they live and die together. */
export function diskRows(files: readonly DiskFile[]): readonly DiskRow[] {
  const rows = new Map<string, DiskRow>();
  for (const file of files) {
    // The table's id before it is the same for all.
    const name = /[a-z]{2}-\d+-\w+(?=-\w+\.\w+$)/.exec(file.name)?.[0] ?? file.name;
    const row = rows.get(name);
    rows.set(name, row === undefined ? { ...file, name, files: 1 } : together(row, file));
  }
  return [...rows.values()];
}

function together(row: DiskRow, { before, after, recovered }: DiskFile): DiskRow {
  return {
    name: row.name,
    files: row.files + 1,
    before:
      before === null || row.before === null
        ? (row.before ?? before)
        : {
            size: row.before.size + before.size,
            isNameDurable: row.before.isNameDurable && before.isNameDurable,
            runs: joined(row.before.runs, before.runs),
          },
    after:
      after === null || row.after === null
        ? (row.after ?? after)
        : { size: row.after.size + after.size, runs: joined(row.after.runs, after.runs) },
    recovered: recovered === null ? row.recovered : (row.recovered ?? 0) + recovered,
  };
}

function joined(first: readonly Run[], second: readonly Run[]): readonly Run[] {
  const all = first.map((run) => ({ ...run }));
  for (const run of second) {
    const last = all.at(-1);
    if (last?.fate === run.fate) last.bytes += run.bytes;
    else all.push({ ...run });
  }
  return all;
}

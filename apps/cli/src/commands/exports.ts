import { withStore } from '../open-store.ts';
import { printJson } from '../print.ts';

interface ConfirmCommandOptions {
  readonly dir: string;
  readonly drop?: boolean;
}

/** `cassette exports --dir D`: one JSON object for each export that the store remembers. */
export async function listExports({ dir }: { readonly dir: string }): Promise<void> {
  const exports = await withStore(dir, { mustExist: true }, async (database) => database.exports());
  for (const one of exports) await printJson(one);
}

/** `cassette confirm-exported --dir D [--drop] ID`: prints what went and what stayed as one JSON object. */
export async function confirmExported(id: string, { dir, drop = false }: ConfirmCommandOptions): Promise<void> {
  const report = await withStore(dir, { mustExist: true }, (database) => database.confirmExported(id, { drop }));
  await printJson({ id, ...report });
}

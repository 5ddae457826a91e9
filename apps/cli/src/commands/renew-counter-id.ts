import { withStore } from '../open-store.ts';
import { printJson } from '../print.ts';

/** `cassette renew-counter-id --dir D`: prints the new id, null for a store that has not counted, as one JSON object. */
export async function renewCounterId({ dir }: { readonly dir: string }): Promise<void> {
  const id = await withStore(dir, { mustExist: true }, (database) => database.renewCounterId());
  await printJson({ counterId: id?.toString() ?? null });
}

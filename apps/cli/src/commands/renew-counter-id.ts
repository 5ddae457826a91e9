import { withStore } from '../open-store.ts';

/** `cassette renew-counter-id --dir D`: prints the new id, null for a store that has not counted, as one JSON object. */
export async function renewCounterId({ dir }: { readonly dir: string }): Promise<void> {
  const id = await withStore(dir, { mustExist: true }, (database) => database.renewCounterId());
  process.stdout.write(`${JSON.stringify({ counterId: id?.toString() ?? null })}\n`);
}

import { withStore } from '../open-store.ts';

/** `cassette flush --dir D` */
export async function flush({ dir }: { dir: string }): Promise<void> {
  await withStore(dir, { mustExist: true }, (database) => database.flush());
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { destroyNodeStore, StoreLockedError } from '@cassette/storage';
import { copyStore } from '@cassette/storage/encrypted';
import { encryptionOf, storageOf, storageWith } from '../store-key.ts';

interface CopyOptions {
  readonly dir: string;
  readonly out: string;
  readonly outPassphraseFile?: string;
  readonly outKeyFile?: string;
}

/**
 * `cassette copy --dir D --out DIR [--out-passphrase-file F | --out-key-file F]` copies a store as it is; without a secret the copy is plain.
 * What an interrupted copy left in `out` is replaced; one that fails leaves nothing where there was nothing.
 */
export async function copy({ dir, out, outPassphraseFile, outKeyFile }: CopyOptions): Promise<void> {
  if (!existsSync(join(dir, 'catalog'))) throw new CassetteError('NO_STORE', `There is no store in ${dir}`, { dir });
  if (outPassphraseFile !== undefined && outKeyFile !== undefined) {
    throw new CassetteError('USAGE', 'Give --out-passphrase-file or --out-key-file, not both');
  }
  const encryption = encryptionOf({
    ...(outPassphraseFile !== undefined && { passphraseFile: outPassphraseFile }),
    ...(outKeyFile !== undefined && { keyFile: outKeyFile }),
  });
  const wasEmpty = !existsSync(out) || readdirSync(out).length === 0;
  try {
    await copyStore(storageOf(dir), storageWith(out, encryption));
  } catch (error) {
    // Half a copy is none. What can't be removed now says that it is not whole, and the error that counts is the first one.
    const isMade = wasEmpty && existsSync(join(out, 'catalog')) && !(error instanceof StoreLockedError);
    if (isMade) await destroyNodeStore(out).catch(() => undefined);
    throw error;
  }
}

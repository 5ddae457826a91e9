import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CassetteError } from '@cassette/bytes';
import { destroyNodeStore, StoreLockedError } from '@cassette/storage';
import { copyStore } from '@cassette/storage/encrypted';
import { unlessInterrupted } from '../interrupt.ts';
import { printJson } from '../print.ts';
import { ProgressLine } from '../progress-line.ts';
import { encryptionOf, storageOf, storageWith } from '../store-key.ts';
import { isJson } from '../tell-error.ts';
import { WatchedStorage } from '../watched-storage.ts';

interface CopyOptions {
  readonly dir: string;
  readonly out: string;
  readonly outPassphraseFile?: string;
  readonly outKeyFile?: string;
}

/**
 * `cassette copy --dir D --out DIR [--out-passphrase-file F | --out-key-file F]` copies a store as it is; without a secret the copy is plain.
 * What an interrupted copy left in `out` is replaced; one that fails, or is interrupted, leaves nothing where there was nothing. Prints
 * nothing, or with --json how much was copied as one JSON object.
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
  const wasThere = existsSync(out);
  if (wasThere && !statSync(out).isDirectory()) {
    throw new CassetteError('NOT_EMPTY', `${out} is a file: give a new or an empty directory`, { dir: out });
  }
  const wasEmpty = !wasThere || readdirSync(out).length === 0;
  const progress = new ProgressLine();
  const files = new Set<string>();
  const total = bytesIn(dir);
  let bytes = 0;
  const source = new WatchedStorage(storageOf(dir), (name, count) => {
    files.add(name);
    bytes += count;
    progress.show('copying', bytes, total);
  });
  const undo = () => {
    if (!wasEmpty) return;
    rmSync(out, { recursive: true, force: true });
    if (wasThere) mkdirSync(out);
  };
  try {
    await unlessInterrupted(undo, () => copyStore(source, storageWith(out, encryption), nextTurn));
  } catch (error) {
    // Half a copy is none. What can't be removed now says that it is not whole, and the error that counts is the first one.
    const isMade = wasEmpty && existsSync(join(out, 'catalog')) && !(error instanceof StoreLockedError);
    if (isMade) await destroyNodeStore(out).catch(() => undefined);
    if (!wasThere && existsSync(out) && readdirSync(out).length === 0) rmdirSync(out);
    throw error;
  } finally {
    progress.end();
  }
  if (isJson()) await printJson({ files: files.size, bytes, encrypted: encryption !== null });
}

/** Bytes of a store's files, more or less: those of an encrypted one are larger than what is read of them. */
function bytesIn(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

import { readFileSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { NodeStorage, type Storage } from '@cassette/storage';
import { EncryptedStorage, type Encryption } from '@cassette/storage/encrypted';
import { readText } from './read-text.ts';

/** Where the secret of an encrypted store is read from: never from the command line itself, which other users of the machine can see. */
export interface KeyOptions {
  /** Its first line is the passphrase; - is standard input. */
  readonly passphraseFile?: string;
  /** 32 bytes, or 64 hexadecimal digits. */
  readonly keyFile?: string;
}

/** Of the command that runs; a process runs one. */
let current: KeyOptions = {};

/** Says what `--passphrase-file` and `--key-file` said. Throws CassetteError USAGE where both did. */
export function useKey(options: KeyOptions): void {
  if (options.passphraseFile !== undefined && options.keyFile !== undefined) {
    throw new CassetteError('USAGE', 'Give --passphrase-file or --key-file, not both');
  }
  current = options;
}

/** The store of a directory, encrypted where the command has its secret: from the options, or from CASSETTE_PASSPHRASE. */
export function storageOf(dir: string): Storage {
  const encryption = encryptionOf(current, process.env['CASSETTE_PASSPHRASE']);
  return storageWith(dir, encryption);
}

/** The same with another secret than the command's own. */
export function storageWith(dir: string, encryption: Encryption | null): Storage {
  const storage = new NodeStorage(dir);
  return encryption === null ? storage : new EncryptedStorage(storage, encryption);
}

/** What opens a store; null where nothing is given. Throws CassetteError CANNOT_READ, INVALID_OPTION. */
export function encryptionOf({ passphraseFile, keyFile }: KeyOptions, passphrase?: string): Encryption | null {
  if (keyFile !== undefined) return { key: readKey(keyFile) };
  if (passphraseFile !== undefined) return { passphrase: readText(passphraseFile).split(/\r?\n/)[0] };
  // A variable that was not filled in would else make a store in plain text.
  if (passphrase === '') {
    const message = 'CASSETTE_PASSPHRASE is empty: give it the passphrase, or unset it for a store that is not encrypted';
    throw new CassetteError('INVALID_OPTION', message, { option: 'CASSETTE_PASSPHRASE' });
  }
  return passphrase === undefined ? null : { passphrase };
}

function readKey(file: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new CassetteError('CANNOT_READ', `${file} can't be read: ${(error as Error).message}`, { file }, error);
  }
  const text = new TextDecoder('latin1').decode(bytes).trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Uint8Array.from(text.match(/../g)!, (digits) => Number.parseInt(digits, 16));
  if (bytes.length === 32) return bytes;
  throw new CassetteError('INVALID_OPTION', `${file} has no key: 32 bytes, or 64 hexadecimal digits`, { file });
}

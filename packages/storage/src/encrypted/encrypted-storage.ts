import { StorageError } from '../errors.ts';
import type { OpenFileOptions, Storage, StorageFile } from '../storage.ts';
import { EncryptedCatalog } from './encrypted-catalog.ts';
import { EncryptedFile, type EncryptedFileParts } from './encrypted-file.ts';
import {
  decodeHeader,
  encodeHeader,
  type FileHeader,
  FRAME_OVERHEAD,
  FRAME_SIZE,
  HEADER_COPY_SIZE,
  HEADER_SIZE,
} from './file-format.ts';
import { FrameCache } from './frame-cache.ts';
import { recordToValue } from './key-record.ts';
import { KEY_FILE, NEW_KEY_FILE } from './missing-key.ts';
import { Nonces } from './nonces.ts';
import { checkEncryption, type Encryption } from './owner-key.ts';
import { isRightAnswer, type KeyChallenge } from './proof.ts';
import { openKeys, requireWhole, type StoredKeys } from './stored-keys.ts';
import { beginCopy } from './unfinished-copy.ts';

/** Bytes of deciphered frames that a store keeps in memory: most look-ups read the same parts of an index. */
const CACHE_BYTES = 4 << 20;

/**
 * A store whose files and catalog are encrypted, in another storage that sees nothing but that: how many files there are, their names,
 * sizes and times. Keys are made of a random one that lies beside the data, wrapped by the owner's passphrase or key (KeyRecord).
 *
 * Everything `Storage` promises holds but that files are only appended to (see EncryptedFile); their sizes are those of the plaintext.
 */
export class EncryptedStorage implements Storage {
  readonly catalog: EncryptedCatalog;
  private readonly inner: Storage;
  private readonly encryption: Encryption;
  private stored: StoredKeys | null = null;
  private cache = new FrameCache(CACHE_BYTES);
  private readonly nonces = new Nonces();
  private readonly files = new Set<EncryptedFile>();
  private nextNumber = 1;

  /** `inner` is this one's from now on. Throws CassetteError INVALID_OPTION for what is no `encryption`. */
  constructor(inner: Storage, encryption: Encryption) {
    checkEncryption(encryption);
    this.inner = inner;
    this.encryption = encryption;
    this.catalog = new EncryptedCatalog(inner.catalog, () => this.stored?.keys ?? null);
  }

  get description(): string {
    return this.inner.description;
  }

  /**
   * Takes the store, makes its keys if it is new, and opens them if not. Throws also StorageError ENCRYPTION_KEY_WRONG,
   * ENCRYPTION_STORE_PLAIN, ENCRYPTION_RECORD_LOST, COPY_UNFINISHED; then nothing was changed and nobody has it.
   */
  acquire(): Promise<void> {
    return this.take(requireWhole);
  }

  /**
   * Takes it as the target of a copy, which is a store only when its catalog's COPY_MARK is deleted. What an interrupted copy left there is
   * removed. Throws StorageError STORE_EXISTS where there is anything else; then nothing was changed and nobody has it.
   */
  acquireForCopy(): Promise<void> {
    return this.take(beginCopy);
  }

  private async take(prepare: (inner: Storage) => Promise<void>): Promise<void> {
    await this.inner.acquire();
    try {
      await prepare(this.inner);
      this.stored = await openKeys(this.inner, this.encryption);
      this.catalog.owed = this.stored.isInCatalog ? null : recordToValue(this.stored.record);
    } catch (error) {
      await this.inner.close();
      throw error;
    }
  }

  async open(name: string, options: OpenFileOptions = {}): Promise<StorageFile> {
    const { stored } = this;
    const { create = false, bulk = false, lenient = false } = options;
    const inner = await this.inner.open(name, { create });
    try {
      if (stored === null || stored !== this.stored) throw this.closed(name);
      const found = await this.headerOf(inner, stored);
      const header = found ?? (await newHeader(stored, name));
      const parts: EncryptedFileParts = {
        inner,
        header,
        cipher: await stored.keys.cipherOf(header.fileId),
        state: found !== null ? 'whole' : inner.size === 0 ? 'new' : 'damaged',
        cache: this.cache,
        nonces: this.nonces,
        number: this.nextNumber++,
        bulk,
        lenient,
        onClose: (closed) => this.files.delete(closed),
      };
      if (stored !== this.stored) throw this.closed(name);
      const file = new EncryptedFile(parts);
      this.files.add(file);
      return file;
    } catch (error) {
      inner.close();
      throw error;
    }
  }

  exists(name: string): Promise<boolean> {
    return this.inner.exists(name);
  }

  async list(): Promise<string[]> {
    return (await this.inner.list()).filter((name) => name !== KEY_FILE && name !== NEW_KEY_FILE);
  }

  remove(name: string): Promise<void> {
    return this.inner.remove(name);
  }

  /** The file says durably that it may have the new name, then it gets it. */
  async rename(from: string, to: string): Promise<void> {
    const { stored } = this;
    if (stored !== null && from !== to) {
      const file = await this.inner.open(from);
      try {
        await allowName(file, stored, to);
      } finally {
        file.close();
      }
    }
    await this.inner.rename(from, to);
  }

  sync(): Promise<void> {
    return this.inner.sync();
  }

  /** What the storage below says: of what lies there. */
  estimate(): Promise<{ usage?: number; quota?: number }> {
    return this.inner.estimate();
  }

  /** With the header and what seals each frame. */
  physicalSizeOf(size: number): number {
    return size === 0 ? 0 : HEADER_SIZE + size + Math.ceil(size / FRAME_SIZE) * FRAME_OVERHEAD;
  }

  /** Those of the storage below, and of the key. */
  get ownBytes(): number {
    return (this.inner.ownBytes ?? 0) + (this.stored?.fileBytes ?? 0);
  }

  async close(): Promise<void> {
    for (const file of [...this.files]) file.close();
    this.stored = null;
    this.cache = new FrameCache(CACHE_BYTES);
    await this.inner.close();
  }

  /** What a tab is asked that wants to use the store which this one has. Throws StorageError STORAGE_CLOSED. */
  challenge(): KeyChallenge {
    if (this.stored === null) throw this.closed('its keys');
    return { record: recordToValue(this.stored.record), random: crypto.getRandomValues(new Uint8Array(32)) };
  }

  /** Whether that is the answer of one who has the key. */
  async isRightAnswer({ random }: KeyChallenge, answer: unknown): Promise<boolean> {
    if (this.stored === null) throw this.closed('its keys');
    return isRightAnswer(this.stored.keys, random, answer);
  }

  /** The header of a file if one of its two copies is of this store and of the file's name; else null. */
  private async headerOf(file: StorageFile, { keys }: StoredKeys): Promise<FileHeader | null> {
    for (const header of headersOf(file)) {
      if (header === null || !same(header.keyId, keys.keyId)) continue;
      if (same(header.nameTag, await keys.nameTag(header.fileId, file.name))) return header;
    }
    return null;
  }

  private closed(name: string): StorageError {
    return new StorageError('STORAGE_CLOSED', `Store ${this.description} was closed while ${name} was being opened`, {
      file: name,
      store: this.description,
    });
  }
}

async function newHeader({ keys }: StoredKeys, name: string): Promise<FileHeader> {
  const fileId = crypto.getRandomValues(new Uint8Array(16));
  return { frameSize: FRAME_SIZE, keyId: keys.keyId, fileId, nameTag: await keys.nameTag(fileId, name) };
}

function headersOf(file: StorageFile): (FileHeader | null)[] {
  const bytes = new Uint8Array(HEADER_SIZE);
  const count = file.read(bytes, 0);
  return [0, HEADER_COPY_SIZE].map((at) => decodeHeader(bytes.subarray(Math.min(at, count), count)));
}

/** Puts the new name into the copy of the header that does not have the present one; a file without a header, or with none of its name, stays as it is. */
async function allowName(file: StorageFile, { keys }: StoredKeys, to: string): Promise<void> {
  const headers = headersOf(file);
  for (const [copy, header] of headers.entries()) {
    if (header === null || !same(header.keyId, keys.keyId)) continue;
    if (!same(header.nameTag, await keys.nameTag(header.fileId, file.name))) continue;
    const renamed = encodeHeader({ ...header, nameTag: await keys.nameTag(header.fileId, to) });
    file.write(renamed, copy === 0 ? HEADER_COPY_SIZE : 0);
    file.flush();
    return;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

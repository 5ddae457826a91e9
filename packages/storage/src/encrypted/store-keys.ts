import type { FrameCipher } from './frame-cipher.ts';
import { frameCipher } from './frame-cipher.ts';

/**
 * The keys that are made of a store's key, each for one purpose (HKDF with SHA-256): none tells anything of another, and the store's
 * key itself need not be kept. But for those of files, scripts can't read them.
 */
export class StoreKeys {
  /** 8 bytes. */
  readonly keyId: Uint8Array;
  private readonly root: CryptoKey;
  /** Says that a file belongs to its name. */
  private readonly names: CryptoKey;
  /** Encrypts the catalog's records. */
  readonly catalog: CryptoKey;
  /** Stands for the catalog's keys. */
  readonly catalogKeys: CryptoKey;
  /** Answers who asks whether a tab knows the store's key. */
  readonly proof: CryptoKey;

  private constructor(keyId: Uint8Array, root: CryptoKey, made: readonly CryptoKey[]) {
    this.keyId = keyId;
    this.root = root;
    [this.names, this.catalog, this.catalogKeys, this.proof] = made as [CryptoKey, CryptoKey, CryptoKey, CryptoKey];
  }

  /** Takes the store's key over, and zeroes it. */
  static async make(keyId: Uint8Array, dataKey: Uint8Array<ArrayBuffer>): Promise<StoreKeys> {
    const root = await crypto.subtle.importKey('raw', dataKey, 'HKDF', false, ['deriveKey', 'deriveBits']);
    dataKey.fill(0);
    const made = await Promise.all([
      hmacKey(root, 'names'),
      crypto.subtle.deriveKey(hkdf('catalog'), root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
      hmacKey(root, 'catalog keys'),
      hmacKey(root, 'proof'),
    ]);
    return new StoreKeys(keyId, root, made);
  }

  /** The cipher of one file: no two have a key in common, so that random nonces do for any store. */
  async cipherOf(fileId: Uint8Array<ArrayBuffer>): Promise<FrameCipher> {
    const bits = new Uint8Array(await crypto.subtle.deriveBits(hkdf('file', fileId), this.root, 256));
    const cipher = frameCipher(bits);
    bits.fill(0);
    return cipher;
  }

  /** 16 bytes that say that the file of that id may have that name. */
  async nameTag(fileId: Uint8Array, name: string): Promise<Uint8Array> {
    const text = new TextEncoder().encode(name);
    const told = new Uint8Array(fileId.length + text.length);
    told.set(fileId);
    told.set(text, fileId.length);
    return new Uint8Array(await crypto.subtle.sign('HMAC', this.names, told)).slice(0, 16);
  }
}

function hmacKey(root: CryptoKey, purpose: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  return crypto.subtle.deriveKey(hkdf(purpose), root, algorithm, false, ['sign', 'verify']);
}

function hkdf(purpose: string, salt = new Uint8Array(0)): HkdfParams {
  return { name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(`cassette ${purpose} 1`) };
}

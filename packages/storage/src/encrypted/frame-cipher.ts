import { gcm } from '@noble/ciphers/aes.js';

/** Bytes of a nonce. */
export const NONCE_SIZE = 12;
/** Bytes that sealing adds. */
export const TAG_SIZE = 16;

/** AES-256-GCM under one key, at once: files are read and written in the middle of work that can't wait. */
export interface FrameCipher {
  /** The ciphertext of `plain` with its tag behind it. A nonce is never used twice. */
  seal(nonce: Uint8Array, associated: Uint8Array, plain: Uint8Array): Uint8Array;
  /** What was sealed; null where a bit of it, of the nonce or of the associated data is another, or the key is. */
  open(nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | null;
  /** Forgets the key. */
  destroy(): void;
}

/** What of Node's `crypto` is used. */
interface NodeCrypto {
  createCipheriv(name: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array): NodeCipher & { getAuthTag(): Uint8Array };
  createDecipheriv(
    name: 'aes-256-gcm',
    key: Uint8Array,
    nonce: Uint8Array,
    options: { authTagLength: number },
  ): NodeCipher & { setAuthTag(tag: Uint8Array): void };
}

interface NodeCipher {
  setAAD(bytes: Uint8Array): void;
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

/**
 * A cipher under a copy of `key` (32 bytes). WebCrypto can't serve here, for it has nothing synchronous: under Node it is OpenSSL, in a
 * browser the JavaScript of noble-ciphers, which was audited.
 */
export function frameCipher(key: Uint8Array): FrameCipher {
  const crypto = nodeCrypto();
  return crypto === null ? new ScriptCipher(key) : new NativeCipher(key, crypto);
}

/** The one for browsers; it works everywhere. */
export class ScriptCipher implements FrameCipher {
  private readonly key: Uint8Array;

  constructor(key: Uint8Array) {
    this.key = key.slice();
  }

  seal(nonce: Uint8Array, associated: Uint8Array, plain: Uint8Array): Uint8Array {
    return gcm(this.key, nonce, associated).encrypt(plain);
  }

  open(nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | null {
    if (sealed.length < TAG_SIZE) return null;
    try {
      return gcm(this.key, nonce, associated).decrypt(sealed);
    } catch {
      // With arguments of the right sizes it throws for a wrong tag and for nothing else.
      return null;
    }
  }

  destroy(): void {
    this.key.fill(0);
  }
}

class NativeCipher implements FrameCipher {
  private readonly key: Uint8Array;
  private readonly crypto: NodeCrypto;

  constructor(key: Uint8Array, crypto: NodeCrypto) {
    this.key = key.slice();
    this.crypto = crypto;
  }

  seal(nonce: Uint8Array, associated: Uint8Array, plain: Uint8Array): Uint8Array {
    const cipher = this.crypto.createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(associated);
    const sealed = new Uint8Array(plain.length + TAG_SIZE);
    sealed.set(cipher.update(plain), 0);
    cipher.final();
    sealed.set(cipher.getAuthTag(), plain.length);
    return sealed;
  }

  open(nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | null {
    if (sealed.length < TAG_SIZE) return null;
    const decipher = this.crypto.createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_SIZE });
    decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_SIZE));
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_SIZE));
    try {
      decipher.final();
    } catch {
      // The tag is wrong: what was deciphered so far is nothing.
      return null;
    }
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  }

  destroy(): void {
    this.key.fill(0);
  }
}

/** Null elsewhere. Asked for without an import, which bundlers for browsers would stumble over. */
function nodeCrypto(): NodeCrypto | null {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return (process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined) ?? null;
}

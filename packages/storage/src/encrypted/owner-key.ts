import { CassetteError } from '@cassette/bytes';

/**
 * What opens an encrypted store: a passphrase, or a key of 256 bits, as bytes or as a CryptoKey for AES-GCM that may encrypt and decrypt
 * (it need not be extractable, so that no script ever sees its bits).
 */
export type Encryption = { readonly passphrase: string } | { readonly key: CryptoKey | Uint8Array };

/**
 * Rounds of PBKDF2 with SHA-256 that make a key of a passphrase: as many as OWASP asks for; some 0.1 to 0.5 s. The record of keys says
 * how many a store's passphrase was given.
 */
export const ITERATIONS = 600_000;

/** How a store's key is wrapped: by whom, and what makes a key of the passphrase. */
export type Wrapping =
  | { readonly by: 'passphrase'; readonly iterations: number; readonly salt: Uint8Array<ArrayBuffer> }
  | { readonly by: 'key' };

/** Throws CassetteError INVALID_OPTION for what can't be the `encryption` option. */
export function checkEncryption(given: unknown): asserts given is Encryption {
  const wrong = (what: string) => new CassetteError('INVALID_OPTION', `encryption must be ${what}`, { option: 'encryption' });
  if (typeof given !== 'object' || given === null) throw wrong('{ passphrase } or { key }');
  for (const name of Object.keys(given)) {
    if (name === 'passphrase' || name === 'key') continue;
    const message = `encryption has no option ${name}; it is { passphrase } or { key }`;
    throw new CassetteError('INVALID_OPTION', message, { option: `encryption.${name}` });
  }
  const { passphrase, key } = given as { passphrase?: unknown; key?: unknown };
  if ((passphrase === undefined) === (key === undefined)) throw wrong('{ passphrase } or { key }, one of the two');
  if (passphrase !== undefined) {
    if (typeof passphrase !== 'string' || passphrase === '') throw wrong('{ passphrase } with a text that is not empty');
    return;
  }
  if (key instanceof Uint8Array) {
    if (key.length !== 32) throw wrong(`{ key } of 32 bytes, not ${key.length}`);
    return;
  }
  const { algorithm, usages, type } = (key ?? {}) as Partial<CryptoKey>;
  const fits = type === 'secret' && algorithm?.name === 'AES-GCM' && usages?.includes('encrypt') && usages.includes('decrypt');
  if (!fits) throw wrong("{ key } with 32 bytes, or with a CryptoKey for AES-GCM whose usages are 'encrypt' and 'decrypt'");
  const { length } = algorithm as AesKeyAlgorithm;
  if (length !== 256) throw wrong(`{ key } with a CryptoKey of 256 bits, not ${length}`);
}

/** How a new store's key is wrapped for that owner: the salt is random. */
export function newWrapping(encryption: Encryption): Wrapping {
  if (keyOf(encryption) !== undefined) return { by: 'key' };
  return { by: 'passphrase', iterations: ITERATIONS, salt: crypto.getRandomValues(new Uint8Array(16)) };
}

/** The key that wraps the store's; null where the owner has another kind of secret than the store asks for. */
export async function wrappingKey(encryption: Encryption, wrapping: Wrapping): Promise<CryptoKey | null> {
  const usages: KeyUsage[] = ['encrypt', 'decrypt'];
  const key = keyOf(encryption);
  if (key !== undefined) {
    if (wrapping.by !== 'key') return null;
    return key instanceof Uint8Array ? crypto.subtle.importKey('raw', key.slice(), 'AES-GCM', false, usages) : key;
  }
  if (wrapping.by !== 'passphrase') return null;
  // One and the same passphrase is typed as different code points on different systems.
  const text = new TextEncoder().encode((encryption as { passphrase: string }).passphrase.normalize('NFKC'));
  const secret = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey']);
  text.fill(0);
  const { salt, iterations } = wrapping;
  const algorithm = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, secret, algorithm, false, usages);
}

/** Undefined of a passphrase, also where `key` is there and undefined. */
function keyOf(encryption: Encryption): CryptoKey | Uint8Array | undefined {
  return 'key' in encryption ? encryption.key : undefined;
}

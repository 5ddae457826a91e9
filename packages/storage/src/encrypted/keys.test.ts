import { expect, test } from 'vitest';
import { MemoryStorage } from '../memory/index.ts';
import { FaultyStorage, seededRandom } from '../testing/index.ts';
import { copyStore } from './copy-store.ts';
import { EncryptedStorage } from './encrypted-storage.ts';
import { frameCipher, ScriptCipher } from './frame-cipher.ts';
import { KEY_FILE, KEY_RECORD } from './missing-key.ts';
import { checkEncryption, type Encryption } from './owner-key.ts';
import { answerChallenge } from './proof.ts';
import { rewrapKey } from './stored-keys.ts';

const KEY = { key: new Uint8Array(32).fill(7) };
const SECRET = new TextEncoder().encode('a secret that must not be found anywhere on the disk');

function disk(): FaultyStorage {
  return new FaultyStorage({ random: seededRandom(1) });
}

/** A store with one file and one record. */
async function filled(inner: FaultyStorage | MemoryStorage, encryption: Encryption): Promise<void> {
  const storage = new EncryptedStorage(inner, encryption);
  await storage.acquire();
  const file = await storage.open('secret', { create: true });
  file.write(SECRET, 0);
  file.flush();
  file.close();
  await storage.catalog.commit({ put: new Map([['secret/key', new TextDecoder().decode(SECRET)]]) });
  await storage.close();
}

async function secretOf(inner: FaultyStorage | MemoryStorage, encryption: Encryption): Promise<[file: string, record: unknown]> {
  const storage = new EncryptedStorage(inner, encryption);
  await storage.acquire();
  const file = await storage.open('secret');
  const bytes = new Uint8Array(file.size);
  file.read(bytes, 0);
  const record = (await storage.catalog.load()).get('secret/key');
  await storage.close();
  return [new TextDecoder().decode(bytes), record];
}

const secret = new TextDecoder().decode(SECRET);

/** All that is on a disk, catalog included. */
async function everything(inner: FaultyStorage): Promise<string> {
  await inner.acquire();
  const catalog = JSON.stringify([...(await inner.catalog.load())]);
  await inner.close();
  return catalog + inner.names.map((name) => Buffer.from(inner.contentOf(name)).toString('latin1')).join('');
}

test('a store is opened by its passphrase, whichever way its letters are typed, and by no other', async () => {
  const inner = disk();
  await filled(inner, { passphrase: 'caf\u00e9 au lait' });
  expect(await secretOf(inner, { passphrase: 'cafe\u0301 au lait' })).toEqual([secret, secret]);
  const before = await everything(inner);
  const { changes } = inner.counters;
  for (const wrong of [{ passphrase: 'cafe au lait' }, KEY]) {
    await expect(new EncryptedStorage(inner, wrong).acquire()).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
  }
  // Told before anything was touched, and the store is free.
  expect([await everything(inner), inner.counters.changes]).toEqual([before, changes]);
  expect(await secretOf(inner, { passphrase: 'caf\u00e9 au lait' })).toEqual([secret, secret]);
});

test('a store is opened by its key, as bytes or as a CryptoKey that no script can read', async () => {
  const inner = disk();
  await filled(inner, KEY);
  const key = await crypto.subtle.importKey('raw', KEY.key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  expect(await secretOf(inner, { key })).toEqual([secret, secret]);
  const other = { key: new Uint8Array(32).fill(8) };
  await expect(new EncryptedStorage(inner, other).acquire()).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
});

test('nothing of what is kept can be found on the disk', async () => {
  const inner = disk();
  await filled(inner, KEY);
  const found = await everything(inner);
  expect(found).not.toContain('secret that must not');
  expect(found).not.toContain('secret/key');
});

test('an option that opens nothing is refused by name', () => {
  for (const wrong of [
    null,
    {},
    { passphrase: '' },
    { passphrase: 1 },
    { key: new Uint8Array(16) },
    { key: 'abc' },
    { ...KEY, passphrase: 'x' },
  ]) {
    expect(() => checkEncryption(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  }
});

test('an encryption with an option that there is not is refused by its name: what it was to say would not be done', () => {
  const told = { code: 'INVALID_OPTION', data: { option: 'encryption.iterations' } };
  for (const given of [
    { passphrase: 'x', iterations: 5 },
    { ...KEY, iterations: 5 },
  ]) {
    expect(() => checkEncryption(given)).toThrow(expect.objectContaining(told));
  }
});

test('a CryptoKey of 128 bits is refused, and what is null', async () => {
  const generated = (length: number) => crypto.subtle.generateKey({ name: 'AES-GCM', length }, false, ['encrypt', 'decrypt']);
  checkEncryption({ key: await generated(256) });
  const key = await generated(128);
  const message = 'encryption must be { key } with a CryptoKey of 256 bits, not 128';
  expect(() => checkEncryption({ key })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message }));
  expect(() => checkEncryption({ key: null })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});

test('a passphrase is one, too, where the key is undefined', async () => {
  const inner = disk();
  const both = { passphrase: 'open', key: undefined } as unknown as Encryption;
  await filled(inner, both);
  expect(await secretOf(inner, { passphrase: 'open' })).toEqual([secret, secret]);
  expect(await secretOf(inner, both)).toEqual([secret, secret]);
});

test('a plain store is not opened with a key, and stays as it is', async () => {
  const inner = disk();
  await inner.acquire();
  await inner.catalog.commit({ put: new Map([['store', 1]]) });
  await inner.close();
  const before = await everything(inner);
  await expect(new EncryptedStorage(inner, KEY).acquire()).rejects.toMatchObject({ code: 'ENCRYPTION_STORE_PLAIN' });
  expect(await everything(inner)).toBe(before);
});

test('another passphrase takes the place of the old one, and no file is written anew', async () => {
  const inner = disk();
  await filled(inner, { passphrase: 'old' });
  const content = inner.contentOf('secret');
  await inner.acquire();
  await expect(rewrapKey(inner, { passphrase: 'wrong' }, KEY)).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
  await rewrapKey(inner, { passphrase: 'old' }, { passphrase: 'new' });
  await inner.close();
  expect(inner.contentOf('secret')).toEqual(content);
  expect(await secretOf(inner, { passphrase: 'new' })).toEqual([secret, secret]);
  await expect(new EncryptedStorage(inner, { passphrase: 'old' }).acquire()).rejects.toMatchObject({
    code: 'ENCRYPTION_KEY_WRONG',
  });
});

test('a power cut while the key is wrapped anew leaves the store to one of the two', async () => {
  const other = { key: new Uint8Array(32).fill(8) };
  for (let changes = 0; changes < 8; changes++) {
    let inner = disk();
    await filled(inner, KEY);
    await inner.acquire();
    inner.crashAfter(changes);
    const done = await rewrapKey(inner, KEY, other).then(
      () => true,
      () => false,
    );
    inner = inner.crash();
    const opened = await Promise.allSettled([secretOf(inner, KEY)]);
    if (opened[0].status === 'fulfilled') expect(done).toBe(false);
    else expect(await secretOf(inner, other)).toEqual([secret, secret]);
  }
});

test('a power cut while a store is made leaves one that can be made, or is', async () => {
  for (let changes = 0; changes < 12; changes++) {
    let inner = disk();
    inner.crashAfter(changes);
    await filled(inner, KEY).catch(() => undefined);
    inner = inner.crash();
    const storage = new EncryptedStorage(inner, KEY);
    await storage.acquire();
    await storage.close();
  }
});

test('one copy of the record of keys does, and without any the store is not taken for a new one', async () => {
  const inner = disk();
  await filled(inner, KEY);
  inner.flipBit(KEY_FILE, 40, 2);
  expect(await secretOf(inner, KEY)).toEqual([secret, secret]);
  await inner.acquire();
  await inner.catalog.commit({ delete: [KEY_RECORD] });
  await inner.close();
  expect(await secretOf(inner, KEY)).toEqual([secret, secret]);
  // The catalog gets it again with its next commit.
  const storage = new EncryptedStorage(inner, KEY);
  await storage.acquire();
  expect((await inner.catalog.load()).has(KEY_RECORD)).toBe(false);
  await storage.catalog.commit({ put: new Map([['a', 1]]) });
  expect((await inner.catalog.load()).has(KEY_RECORD)).toBe(true);
  await storage.close();
  await inner.acquire();
  await inner.catalog.commit({ delete: [KEY_RECORD] });
  await inner.remove(KEY_FILE);
  await inner.close();
  await expect(new EncryptedStorage(inner, KEY).acquire()).rejects.toMatchObject({ code: 'ENCRYPTION_RECORD_LOST' });
});

test('a record of the catalog that is changed, or put in the place of another, is damage', async () => {
  const inner = disk();
  await filled(inner, KEY);
  const storage = new EncryptedStorage(inner, KEY);
  await storage.acquire();
  await storage.catalog.commit({ put: new Map([['other', 1]]) });
  const records = [...(await inner.catalog.load())].filter(([key]) => key.startsWith('sealed/'));
  await inner.catalog.commit({ put: new Map([[records[0][0], records[1][1]]]) });
  await expect(storage.catalog.load()).rejects.toMatchObject({ code: 'CATALOG_CORRUPT' });
});

test('a tab that knows the key can prove it, once, and one that does not can’t', async () => {
  const storage = new EncryptedStorage(disk(), { passphrase: 'right' });
  await storage.acquire();
  const challenge = storage.challenge();
  const answer = await answerChallenge(challenge, { passphrase: 'right' }, 'survey');
  expect(await storage.isRightAnswer(challenge, answer)).toBe(true);
  expect(await storage.isRightAnswer(storage.challenge(), answer)).toBe(false);
  expect(await storage.isRightAnswer(challenge, undefined)).toBe(false);
  const wrong = answerChallenge(challenge, { passphrase: 'wrong' }, 'survey');
  await expect(wrong).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
});

test('a plain store gets an encrypted copy, that one a plain one, and neither overwrites a store', async () => {
  const plain = new MemoryStorage();
  await plain.acquire();
  const file = await plain.open('secret', { create: true });
  file.write(SECRET, 0);
  file.close();
  await plain.catalog.commit({ put: new Map([['secret/key', secret]]) });
  await plain.close();
  const inner = disk();
  await copyStore(plain, new EncryptedStorage(inner, KEY));
  expect(await everything(inner)).not.toContain('must not be found');
  expect(await secretOf(inner, KEY)).toEqual([secret, secret]);
  const back = new MemoryStorage();
  await copyStore(new EncryptedStorage(inner, KEY), back);
  await back.acquire();
  expect([await back.list(), await back.catalog.load()]).toEqual([['secret'], new Map([['secret/key', secret]])]);
  await back.close();
  await expect(copyStore(plain, back)).rejects.toMatchObject({ code: 'STORE_EXISTS' });
});

test('both ciphers are the same one', () => {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const [native, script] = [frameCipher(key), new ScriptCipher(key)];
  expect(native).not.toBeInstanceOf(ScriptCipher);
  for (const size of [0, 1, 15, 16, 17, 4096]) {
    const [nonce, associated, plain] = [12, 28, size].map((length) => crypto.getRandomValues(new Uint8Array(length)));
    const sealed = native.seal(nonce, associated, plain);
    expect(script.seal(nonce, associated, plain)).toEqual(sealed);
    for (const cipher of [native, script]) {
      expect(cipher.open(nonce, associated, sealed)).toEqual(plain);
      sealed[size] ^= 1;
      expect(cipher.open(nonce, associated, sealed)).toBeNull();
      sealed[size] ^= 1;
    }
  }
});

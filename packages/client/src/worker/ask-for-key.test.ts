import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expect, test } from 'vitest';
import { proveKey } from '../page/prove-key.ts';
import { HeldStore } from './held-store.ts';
import { WorkerHost } from './worker-host.ts';

const RIGHT = { passphrase: 'right' };

async function heldBy(encryption: typeof RIGHT | undefined): Promise<HeldStore> {
  const held = new HeldStore({
    platform: null,
    end: () => undefined,
    open: async (request) => {
      const given = request.encryption === undefined ? {} : { encryption: request.encryption };
      return { database: await openDatabase({ storage: new MemoryStorage(), ...given }), inMemoryReason: null };
    },
  });
  const request = { name: 'survey', allowInMemory: false, options: {}, ...(encryption !== undefined && { encryption }) };
  await new WorkerHost(held).open(request);
  return held;
}

async function join(held: HeldStore, encryption: typeof RIGHT | undefined): Promise<WorkerHost> {
  const host = new WorkerHost(held);
  const proof = await proveKey(await host.keyChallenge(), encryption, 'survey');
  await host.join(proof === null ? { options: {} } : { options: {}, proof });
  return host;
}

test('a tab joins an encrypted store with its passphrase, and with no other', async () => {
  const held = await heldBy(RIGHT);
  expect((await (await join(held, RIGHT)).stats()).tables).toEqual([]);
  await expect(join(held, { passphrase: 'wrong' })).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
  await expect(join(held, undefined)).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_MISSING' });
  await held.close();
});

test('whoever does not prove that it has the key is refused by the owner itself, and gets nothing', async () => {
  const held = await heldBy(RIGHT);
  const host = new WorkerHost(held);
  await expect(host.join({ options: {} })).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_MISSING' });
  const proof = (await proveKey(await host.keyChallenge(), RIGHT, 'survey'))!;
  await host.keyChallenge();
  // Of another challenge than the last one.
  await expect(host.join({ options: {}, proof })).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
  await expect(host.stats()).rejects.toMatchObject({ code: 'CLOSED' });
  await expect(host.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'CLOSED' });
  await held.close();
});

test('a tab that comes with a passphrase to a plain store is told so', async () => {
  const held = await heldBy(undefined);
  await expect(join(held, RIGHT)).rejects.toMatchObject({ code: 'ENCRYPTION_STORE_PLAIN' });
  await join(held, undefined);
  await held.close();
});

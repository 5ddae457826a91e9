import { afterEach, expect, test, vi } from 'vitest';
import { detectOpfs, detectStore } from './detect-opfs.ts';

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0';
const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';

afterEach(() => vi.unstubAllGlobals());

/** A worker of a browser whose storage does what is said. */
function browser(userAgent: string, getDirectory?: () => Promise<unknown>): void {
  vi.stubGlobal('navigator', { userAgent, storage: getDirectory === undefined ? {} : { getDirectory }, locks: {} });
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('indexedDB', {});
  vi.stubGlobal(
    'FileSystemFileHandle',
    class {
      createSyncAccessHandle() {
        return null;
      }
    },
  );
}

const refuse = (name: string) => () => Promise.reject(new DOMException('No', name));

test('a refusal tells why for programs, and to people what their browser wants', async () => {
  browser(firefox, refuse('SecurityError'));
  expect(await detectOpfs()).toMatchObject({
    ok: false,
    why: 'refused',
    reason: expect.stringMatching(/SecurityError.*Firefox/),
  });
  browser(chrome, refuse('SecurityError'));
  expect(await detectOpfs()).toMatchObject({ ok: false, why: 'refused', reason: expect.stringMatching(/Chrome and Edge/) });
  browser(safari, refuse('UnknownError'));
  expect(await detectOpfs()).toMatchObject({
    ok: false,
    why: 'refused',
    reason: expect.stringMatching(/Safari.*private windows/),
  });
});

test('what a browser lacks is told', async () => {
  browser(safari);
  expect(await detectOpfs()).toMatchObject({ ok: false, why: 'no-api' });
  browser(chrome, refuse('SecurityError'));
  vi.stubGlobal('isSecureContext', false);
  expect(await detectOpfs()).toMatchObject({ ok: false, why: 'insecure-context', reason: expect.stringMatching(/https/) });
  browser(chrome, refuse('SecurityError'));
  vi.stubGlobal('document', {});
  expect(await detectOpfs()).toMatchObject({ ok: false, why: 'wrong-scope' });
});

test('handles that do not work are told', async () => {
  const file = { createSyncAccessHandle: refuse('NotSupportedError') };
  const folder = { getFileHandle: async () => file, removeEntry: async () => undefined };
  browser(safari, async () => ({ getDirectoryHandle: async () => folder }));
  expect(await detectOpfs()).toMatchObject({ ok: false, why: 'no-handles', reason: expect.stringMatching(/NotSupportedError/) });
});

test('where there is no room, but for reading, data are kept', async () => {
  const full = () => {
    throw new DOMException('No space', 'QuotaExceededError');
  };
  const handle = { write: full, read: () => 0, flush: () => undefined, close: () => undefined };
  const works = { createSyncAccessHandle: async () => handle };
  const folder = { getFileHandle: async (): Promise<unknown> => works, removeEntry: async () => undefined };
  browser(chrome, async () => ({ getDirectoryHandle: async () => folder }));
  expect(await detectOpfs()).toEqual({ ok: true });
  handle.write = (() => 0) as never;
  expect(await detectOpfs()).toEqual({ ok: true });
  folder.getFileHandle = async () => full();
  expect(await detectOpfs()).toEqual({ ok: true });
});

test('a store whose catalog has been written here needs no try; any other is tried for', async () => {
  let size = 0;
  const asked: string[] = [];
  const catalog = { getFile: async () => ({ size }) };
  const broken = { createSyncAccessHandle: refuse('NotSupportedError') };
  const folder: object = {
    getDirectoryHandle: async (name: string) => {
      asked.push(name);
      if (name === 'other') throw new DOMException('No', 'NotFoundError');
      return folder;
    },
    getFileHandle: async (name: string) => (name === 'catalog' ? catalog : broken),
    removeEntry: async () => undefined,
  };
  browser(chrome, async () => folder);
  expect(await detectStore('survey')).toMatchObject({ ok: false, why: 'no-handles' });
  size = 8;
  asked.length = 0;
  expect(await detectStore('survey')).toEqual({ ok: true });
  expect(asked).toEqual(['cassette', 'survey']);
  expect(await detectStore('other')).toMatchObject({ ok: false, why: 'no-handles' });
  browser(chrome, refuse('SecurityError'));
  expect(await detectStore('survey')).toMatchObject({ ok: false, why: 'refused' });
});

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { detectOpfs, OpfsStorage, requestPersistence } from './browser.ts';

const source = dirname(fileURLToPath(import.meta.url));

test('nothing that the browser door reaches imports a Node module', () => {
  const reached = new Map<string, string[]>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    const imports = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    reached.set(file, imports);
    for (const target of imports) if (target.startsWith('.')) visit(resolve(dirname(file), target));
  };
  visit(join(source, 'browser.ts'));
  expect([...reached.values()].flat().filter((target) => target.startsWith('node:'))).toEqual([]);
});

test('outside of a browser OPFS is refused with a reason', async () => {
  const detection = await detectOpfs();
  expect(detection.ok).toBe(false);
  await expect(new OpfsStorage('x').acquire()).rejects.toMatchObject({
    code: 'STORAGE_UNSUPPORTED',
    message: expect.stringContaining('Cassette cannot keep data here'),
  });
  expect(await requestPersistence(10)).toBe('unsupported');
});

import { expect, test } from 'vitest';
import { changePassphrase, copyStore } from './encrypted-stores.ts';

test('a misspelt option is refused by name before anything is copied: the copy would be in plain text', async () => {
  const refused = copyStore('a', 'b', { toEncyption: { passphrase: 'x' } } as never);
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'toEncyption' } });
  const unchanged = changePassphrase('a', 'old', 'next', { workerURL: '/worker.js' } as never);
  await expect(unchanged).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'workerURL' } });
});

import { expect, test } from 'vitest';
import { NoWorkerError } from '../errors/client-errors.ts';
import { changePassphrase, copyStore } from './stores.ts';

test('where no worker can be started they say who can do it, and nothing is done', async () => {
  // As in a shared worker: there is no Worker here.
  for (const [call, name] of [
    [copyStore('a', 'b'), 'copyStore()'],
    [changePassphrase('a', 'old', 'next'), 'changePassphrase()'],
  ] as const) {
    const error = await call.catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(NoWorkerError);
    expect(error).toMatchObject({
      code: 'NO_WORKER',
      data: { call: name },
      message: expect.stringContaining('in a dedicated worker'),
    });
  }
});

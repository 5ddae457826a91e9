import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

test('what comes before the signal is had, and what does not is refused with its reason', async () => {
  const abort = new AbortController();
  const until = untilAborted(abort.signal);
  expect(await until(Promise.resolve(1))).toBe(1);
  await expect(until(Promise.reject(new Error('no')))).rejects.toThrow('no');
  const never = until(new Promise(() => undefined));
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(never).rejects.toBe(reason);
  await expect(until(new Promise(() => undefined))).rejects.toBe(reason);
});

import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const never = new Promise<never>(() => undefined);

test('what settles before the signal is what comes of it', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(1), signal, 'It')).resolves.toBe(1);
  await expect(untilAborted(Promise.reject(new Error('no')), signal, 'It')).rejects.toThrow('no');
  await expect(untilAborted(Promise.resolve(1), undefined, 'It')).resolves.toBe(1);
});

test('the signal ends the wait for what never comes, before and after it has begun', async () => {
  const abort = new AbortController();
  const waiting = untilAborted(never, abort.signal, 'The export');
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', message: 'The export was cancelled' });
  await expect(untilAborted(never, abort.signal, 'The export')).rejects.toMatchObject({ code: 'ABORTED' });
});

test('what comes late is handed over, and what fails late is nobody’s', async () => {
  const abort = new AbortController();
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const late: string[] = [];
  const one = untilAborted(new Promise<string>((given) => (resolve = given)), abort.signal, 'It', (value) => late.push(value));
  const other = untilAborted(new Promise<string>((_, given) => (reject = given)), abort.signal, 'It');
  abort.abort();
  await expect(one).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(other).rejects.toMatchObject({ code: 'ABORTED' });
  resolve('here');
  reject(new Error('late'));
  await new Promise((done) => setTimeout(done, 0));
  expect(late).toEqual(['here']);
});

test('a result that was there when the signal came is handed over once', async () => {
  const abort = new AbortController();
  const late: number[] = [];
  const waiting = untilAborted(Promise.resolve(1), abort.signal, 'It', (value) => late.push(value));
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  expect(late).toEqual([1]);
});

import { afterEach, expect, test, vi } from 'vitest';
import { abortable, unlessInterrupted } from './interrupt.ts';

const { exitCode } = process;

afterEach(() => {
  process.exitCode = exitCode;
  vi.restoreAllMocks();
});

/** Ways to end that are told instead of gone. */
function exits(): string[] {
  const told: string[] = [];
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    told.push(`exit ${code}`);
    return undefined as never;
  });
  return told;
}

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s takes away what is half done, and ends with %i', async (signal, code) => {
  const told = exits();
  const before = process.listenerCount(signal);
  await unlessInterrupted(
    () => told.push('undone'),
    async () => process.emit(signal, signal),
  );
  expect(told).toEqual(['undone', `exit ${code}`]);
  expect(process.listenerCount(signal)).toBe(before);
});

test('work that ends by itself is told to, and the exit code is the signal’s; a second one ends it at once', async () => {
  const told = exits();
  const work = abortable(async (signal) => {
    process.emit('SIGINT', 'SIGINT');
    expect([signal.aborted, process.exitCode, told]).toEqual([true, 130, []]);
    process.emit('SIGINT', 'SIGINT');
    throw new Error('as told');
  });
  await expect(work).rejects.toThrow('as told');
  expect(told).toEqual(['exit 130']);
});

import { fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { NodeFile } from './node-file.ts';

/** What a close beside its caller fails with; null where it doesn't. */
const closing = vi.hoisted(() => ({ failure: null as Error | null, calls: 0 }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const thrown = (error: Error | null) => {
    if (error !== null) throw error;
  };
  // As Node's own does with an error that nobody takes.
  const close = (fd: number, done: (error: Error | null) => void = thrown) =>
    fs.close(fd, (error) => {
      closing.calls++;
      done(closing.failure ?? error ?? null);
    });
  return { ...fs, close };
});

const root = mkdtempSync(join(tmpdir(), 'cassette-node-file-'));
afterAll(() => rmSync(root, { recursive: true }));

function opened(path: string) {
  const fd = openSync(path, 'w+');
  const told: string[] = [];
  const hooks = { makeEntryDurable: () => void told.push('entry'), closed: () => void told.push('closed') };
  return { fd, told, file: new NodeFile('rows', path, fd, 0, hooks) };
}

test('a flush beside its caller is one at a time, and leaves the rest to a flush', async () => {
  const path = join(root, 'a');
  const { file, told } = opened(path);
  file.write(Uint8Array.of(1, 2, 3), 0);
  const first = file.flushAhead();
  expect(file.flushAhead()).toBe(first);
  file.write(Uint8Array.of(4), 3);
  await first;
  expect(told).toEqual([]);
  file.flush();
  file.close();
  expect(told).toEqual(['entry', 'closed']);
  expect([...readFileSync(path)]).toEqual([1, 2, 3, 4]);
});

test('a file that is closed meanwhile keeps its descriptor until the flush is over', async () => {
  const { file, fd, told } = opened(join(root, 'b'));
  const ahead = file.flushAhead();
  file.close();
  expect(told).toEqual(['closed']);
  expect(fstatSync(fd).size).toBe(0);
  await ahead;
  expect(() => file.flushAhead()).toThrow(expect.objectContaining({ code: 'FILE_CLOSED' }));
});

test('a descriptor that can not be closed once the flush is over is nothing that the process ends with', async () => {
  const { file } = opened(join(root, 'c'));
  const calls = closing.calls + 1;
  closing.failure = new Error('EIO');
  const ahead = file.flushAhead();
  file.close();
  await ahead;
  await expect.poll(() => closing.calls).toBe(calls);
  closing.failure = null;
});

test('what fails beside its caller fails in every later flush', async () => {
  // A device has nothing to be made durable.
  const { file } = opened('/dev/null');
  const failed = await file.flushAhead().catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'STORAGE_IO' });
  expect(() => file.flush()).toThrow(expect.objectContaining({ code: 'FLUSH_FAILED', cause: failed }));
  await expect(file.flushAhead()).rejects.toMatchObject({ code: 'FLUSH_FAILED' });
  file.close();
});

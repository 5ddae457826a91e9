// A dedicated worker of raw OPFS for the stall benchmark: appends records with a flush each and takes the times, or writes a large file.

import type { RawLoad, RawStallRequest } from './raw-stall.ts';

interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** Bytes of a record of the log, and of one write to the large file. */
const RECORD_BYTES = 190;
const PIECE_BYTES = 64 * 1024;
/** The large file begins again here. */
const FILE_BYTES = 128 * 1024 * 1024;

async function opened(name: string): Promise<{ handle: SyncAccessHandle; remove: () => Promise<void> }> {
  const root = await navigator.storage.getDirectory();
  const file = (await root.getFileHandle(name, { create: true })) as FileSystemFileHandle & {
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
  };
  const handle = await file.createSyncAccessHandle();
  const remove = () => {
    handle.close();
    return root.removeEntry(name);
  };
  return { handle, remove };
}

/** Lets messages in, as a worker that is asked for each write does. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

async function append(milliseconds: number): Promise<Float64Array> {
  const { handle, remove } = await opened('bench-stall-log');
  const record = new Uint8Array(RECORD_BYTES).fill(7);
  const times: number[] = [];
  const until = performance.now() + milliseconds;
  for (let at = 0; performance.now() < until; at += record.length) {
    await turn();
    const began = performance.now();
    handle.write(record, { at });
    handle.flush();
    times.push(performance.now() - began);
  }
  await remove();
  return Float64Array.from(times);
}

async function load({ flushBytes, megabytesPerSecond, milliseconds }: RawLoad): Promise<number> {
  const { handle, remove } = await opened('bench-stall-file');
  const piece = crypto.getRandomValues(new Uint8Array(PIECE_BYTES));
  const began = performance.now();
  let written = 0;
  let unflushed = 0;
  let at = 0;
  while (performance.now() - began < milliseconds) {
    handle.write(piece, { at });
    at += piece.length;
    written += piece.length;
    unflushed += piece.length;
    if (unflushed >= flushBytes) {
      handle.flush();
      unflushed = 0;
    }
    if (at >= FILE_BYTES) {
      handle.truncate(0);
      at = 0;
    }
    const early = written / 1000 / megabytesPerSecond - (performance.now() - began);
    if (early > 2) await new Promise((resolve) => setTimeout(resolve, early));
  }
  await remove();
  return written;
}

self.onmessage = ({ data }: MessageEvent<RawStallRequest>) => {
  const answer = data.kind === 'append' ? append(data.milliseconds) : load(data);
  answer.then(
    (value) => self.postMessage({ value }),
    (error: unknown) => self.postMessage({ error: String(error) }),
  );
};

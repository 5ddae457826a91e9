// The inspector's own worker: reads files at once where it is asked about them, so that the page never waits for a disk.

import { expose } from 'comlink';
import { answering } from './call-envelope.ts';
import { InspectorHost } from './inspector-host.ts';

/** Only workers have it; TypeScript's library for pages does not know it. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

const reader = new FileReaderSync();
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port2.onmessage = () => waiting.shift()?.();

expose(
  answering(
    new InspectorHost({
      readBlob: (blob) => reader.readAsArrayBuffer(blob),
      makeBlob: (chunks) => new Blob(chunks),
      privateFiles: () => navigator.storage.getDirectory(),
      now: () => performance.now(),
      pause: () =>
        new Promise((resolve) => {
          waiting.push(resolve);
          port1.postMessage(null);
        }),
    }),
  ),
);

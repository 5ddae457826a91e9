import type { OpfsReply, OpfsRequest } from './protocol.ts';

/** The page's end of the worker: numbered requests, one answer each. */
export class OpfsWorker {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'raw opfs' });
  private readonly waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  private next = 0;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<OpfsReply>) => {
      const caller = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ('error' in data) caller?.reject(new Error(data.error));
      else caller?.resolve(data.value as never);
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`The worker of raw OPFS failed: ${event.message}`));
    };
  }

  ask<T = null>(request: OpfsRequest, transfer: Transferable[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, request }, transfer);
    });
  }

  end(): void {
    this.worker.terminate();
  }
}

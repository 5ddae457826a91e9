/** Counts `flush` of all sync access handles of this worker from now on: what a peer that goes through OPFS does to be durable. */
export function countSyncs(): () => number {
  const { prototype } = (globalThis as unknown as { FileSystemSyncAccessHandle: { prototype: { flush(): void } } })
    .FileSystemSyncAccessHandle;
  const { flush } = prototype;
  let count = 0;
  prototype.flush = function (this: unknown) {
    count++;
    flush.call(this);
  };
  return () => count;
}

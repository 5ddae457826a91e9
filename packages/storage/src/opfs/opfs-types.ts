// The few parts of the File System API that TypeScript's DOM library leaves to its worker library.

/** `FileSystemSyncAccessHandle`: positioned synchronous reads and writes of one file, in a dedicated worker only. */
export interface SyncAccessHandle {
  read(target: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** `FileSystemFileHandle` as a dedicated worker sees it. */
export interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
  /** Renames inside the directory; missing in some engines. */
  move?(name: string): Promise<void>;
}

/** Whether this scope's file handles can give sync access handles. */
export function hasSyncAccessHandles(): boolean {
  return typeof FileSystemFileHandle === 'function' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
}

/** The handle with its worker-only methods; check {@link hasSyncAccessHandles} before. */
export function asWorkerHandle(handle: FileSystemFileHandle): WorkerFileHandle {
  return handle as WorkerFileHandle;
}

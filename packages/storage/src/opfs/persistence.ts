/** What became of a request for persistent storage. */
export type PersistenceAnswer =
  /** The browser will not evict this site's data by itself. */
  | 'granted'
  /** It may, when the device runs low. */
  | 'denied'
  /** No answer in time: the browser is asking the user (Firefox), who may never answer. */
  | 'unanswered'
  /** This browser or this kind of scope (`persist` exists in pages only) cannot ask. */
  | 'unsupported';

/**
 * Asks the browser to keep this site's data, and waits at most `timeoutMs` for an answer: `navigator.storage.persist()` never
 * settles while Firefox shows its question. In a worker it only looks whether persistence has been granted.
 */
export async function requestPersistence(timeoutMs: number): Promise<PersistenceAnswer> {
  const manager: Partial<StorageManager> | undefined = typeof navigator === 'undefined' ? undefined : navigator.storage;
  if (manager?.persisted === undefined) return 'unsupported';
  const storage = navigator.storage;
  if (await storage.persisted()) return 'granted';
  if (manager.persist === undefined) return 'unsupported';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<'unanswered'>((resolve) => {
    timer = setTimeout(() => resolve('unanswered'), timeoutMs);
  });
  try {
    return await Promise.race([storage.persist().then((granted) => (granted ? 'granted' : 'denied')), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

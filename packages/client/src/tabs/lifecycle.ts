/**
 * Tells when the browser is about to freeze this page, or to keep it aside in the back/forward cache, and when it goes on: a
 * page that runs no code must not own a store. Returns what ends that. Workers are not told; they are frozen with their page.
 */
export function followLifecycle(suspend: () => void, resume: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined;
  const ending = new AbortController();
  const { signal } = ending;
  document.addEventListener('freeze', suspend, { signal });
  document.addEventListener('resume', resume, { signal });
  addEventListener('pagehide', ({ persisted }) => persisted && suspend(), { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && resume(), { signal });
  return () => ending.abort();
}

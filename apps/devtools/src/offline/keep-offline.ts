/** Has the browser keep the page for when there is no network. Where it does not, the page works all the same while there is one. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('./service-worker.js');
  } catch (error) {
    console.info('The page is not kept for offline use:', error);
  }
}

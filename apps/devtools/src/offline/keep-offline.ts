import { signal } from '@preact/signals';

/** Whether a newer build of this page has been fetched since it was opened. */
export const hasNewerBuild = signal(false);

/** Has the browser keep the page for when there is no network. Where it does not, the page works all the same while there is one. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('./service-worker.js');
    if (registration.waiting !== null) announce();
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') announce();
      });
    });
  } catch (error) {
    console.info('The page is not kept for offline use:', error);
  }
}

/** The first one of all is this page's own. */
function announce(): void {
  if (navigator.serviceWorker.controller !== null) hasNewerBuild.value = true;
}

// Where the devtools are shown: as a page of their own, or inside of somebody's app over its store.

import { signal } from '@preact/signals';

/** Whether an app shows them over a store that is its own: then nobody opens, wipes or fills it from here. */
export const isEmbedded = signal(false);

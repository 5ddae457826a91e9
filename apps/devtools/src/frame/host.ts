// Where the devtools are shown: as a page of their own, or inside of somebody's app over its store.

import { signal } from '@preact/signals';

/** Whether an app shows them over a store that is its own: then nobody opens, wipes or fills it from here. */
export const isEmbedded = signal(false);

/** What a part of the page is: of ours a landmark, in an app a region or nothing, for the page's landmarks are the app's. */
export function landmark(name: 'main'): 'main' | 'section';
export function landmark(name: 'header'): 'header' | 'div';
export function landmark(name: 'main' | 'header'): 'main' | 'header' | 'section' | 'div' {
  if (!isEmbedded.value) return name;
  return name === 'main' ? 'section' : 'div';
}

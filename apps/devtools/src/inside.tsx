// What is inside of <cassette-devtools>: all of the devtools, loaded when the first element is on the page.

import type { RemoteDatabase } from '@cassette/client';
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { isEmbedded } from './frame/host.ts';
import { go } from './frame/route.ts';
import { leaveStore, showStore } from './store/session.ts';
import styles from './style/main.css?inline';

isEmbedded.value = true;

let sheet: CSSStyleSheet | null = null;

/** The styles of the devtools, one sheet for all elements of the page. */
export function styleSheet(): CSSStyleSheet {
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
  }
  return sheet;
}

/** Shows a view: its id, as links have it. */
export const showView = (view: string): void => go(view);

/** Shows a store that is somebody else's, or nothing. */
export function showDatabase(into: Element, database: RemoteDatabase | null): void {
  if (database === null) {
    leave(into);
    return;
  }
  showStore(database);
  render(<App />, into);
}

/** Says that another element has the devtools. */
export function showElsewhere(into: Element): void {
  render(<p class="second">The devtools are shown elsewhere on this page, and once at a time: close them there.</p>, into);
}

/** Takes away what an element shows; nobody looks at its store any more. */
export function leave(into: Element): void {
  render(null, into);
  leaveStore();
}

/** Takes away what is said in the place of the devtools. */
export const clear = (into: Element): void => render(null, into);

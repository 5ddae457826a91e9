// Which view is shown, and with what; on the page's own address it is the part behind #.

import { signal } from '@preact/signals';

/** A view's id, and what a link says to it. */
export interface Route {
  readonly view: string;
  readonly params: URLSearchParams;
}

/** What is shown now. */
export const route = signal<Route>({ view: 'console', params: new URLSearchParams() });

let followsLocation = false;

function read(): Route {
  const [view = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { view: view === '' ? 'console' : view, params: new URLSearchParams(query) };
}

/** The address of a view, as a link has it. */
export function linkTo(view: string, params: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(params).toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}

/** A click on a link to a view: shows it here, unless the browser is asked for another tab or window, which only the page's own address can say. */
export function follow(event: MouseEvent, view: string, params: Readonly<Record<string, string>> = {}): void {
  if (followsLocation && (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)) return;
  event.preventDefault();
  go(view, params);
}

/** Shows a view. Inside of another app the address stays the app's. */
export function go(view: string, params: Readonly<Record<string, string>> = {}): void {
  if (followsLocation) location.hash = linkTo(view, params);
  else route.value = { view, params: new URLSearchParams(params) };
}

/** From now on the page's address says what is shown. */
export function followLocation(): void {
  followsLocation = true;
  route.value = read();
  addEventListener('hashchange', () => {
    route.value = read();
  });
}

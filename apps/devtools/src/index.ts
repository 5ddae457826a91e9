// @cassette/devtools: makes <cassette-devtools> known to the page that imports it.

import { CassetteDevtools } from './element.ts';

export * from './element.ts';

// Where there is no document there is nothing to be known to; a page may have imported two builds.
if (typeof customElements !== 'undefined' && customElements.get('cassette-devtools') === undefined) {
  customElements.define('cassette-devtools', CassetteDevtools);
}

declare global {
  interface HTMLElementTagNameMap {
    'cassette-devtools': CassetteDevtools;
  }
}

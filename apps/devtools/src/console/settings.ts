// What commands of cqlsh's switch, as long as the page is open.

import { signal } from '@preact/signals';

/** Rows of a page where nobody says another number. */
export const pageRowsDefault = 1000;

/** Whether results are shown a row below the other, column by column. */
export const expanded = signal(false);
/** Whether statements are traced. */
export const tracing = signal(false);
/** Whether a result is fetched as it is looked at; if not, all of it at once. */
export const paging = signal(true);
/** Rows of a page. */
export const pageRows = signal(pageRowsDefault);
/** What CONSISTENCY says; here it changes nothing. */
export const consistency = signal('ONE');
/** What SERIAL CONSISTENCY says; here it changes nothing. */
export const serialConsistency = signal('SERIAL');
/** What the last USE said; null where none did. */
export const usedKeyspace = signal<string | null>(null);

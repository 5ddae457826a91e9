import { LazyPart } from '@cassette/bytes';

/** What most statements do without: functions, arithmetic, collections written out, selectors that are more than a column. */
export const rareForms = new LazyPart('functions and expressions of CQL', () => import('./rare-forms.ts'));

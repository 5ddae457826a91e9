import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const tableOptions = new LazyPart('table options', () => import('./table-options.ts'));

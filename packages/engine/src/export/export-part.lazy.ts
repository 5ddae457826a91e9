import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const exportPart = new LazyPart('exports', () => import('./exporting.ts'));

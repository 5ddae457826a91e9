import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const rareCompressors = new LazyPart('compressors', () => import('./rare-compressors.ts'));

import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const alterations = new LazyPart('ALTER', () => import('./alterations.ts'));

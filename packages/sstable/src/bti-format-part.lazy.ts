import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const btiFormat = new LazyPart('the BTI format', () => import('./bti-format.ts'));

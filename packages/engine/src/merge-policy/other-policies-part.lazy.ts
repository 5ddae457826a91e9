import { LazyPart } from '@cassette/bytes';

/** See the file that this one stands in for. */
export const otherPolicies = new LazyPart('compaction strategies', () => import('./other-policies.ts'));

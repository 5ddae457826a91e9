import { LazyPart } from '@cassette/bytes';

/** What encrypted stores need: few pages have one. */
export const encryptionPart = new LazyPart('encryption', () => import('@cassette/storage/encrypted'));

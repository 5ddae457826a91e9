import { LazyPart } from '@cassette/bytes';
import * as module from './exporting.ts';

/** What exports are made with. Here it is there at once; what is built for pages takes the .lazy.ts beside this file instead. */
export const exportPart: LazyPart<typeof module> = new LazyPart('exports', () => Promise.resolve(module));
exportPart.provide(module);

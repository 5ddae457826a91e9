import { da } from '../version/index.ts';
import { fuzzSmallFiles } from './small-files.ts';

fuzzSmallFiles(da, 'ZstdCompressor');

import { nb } from '../version/index.ts';
import { fuzzSmallFiles } from './small-files.ts';

fuzzSmallFiles(nb, 'LZ4Compressor');

import { oa } from '../version/index.ts';
import { fuzzSmallFiles } from './small-files.ts';

fuzzSmallFiles(oa, 'DeflateCompressor');

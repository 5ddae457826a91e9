import { oa } from '../version/index.ts';
import { fuzzLargeFiles } from './large-files.ts';

fuzzLargeFiles(oa);

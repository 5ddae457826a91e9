// node dist/lib/node/main.js engine|sstable ROUNDS ROWS: progress goes to standard error, the run as JSON to standard output.

import { measureSSTables } from '../sstable/measure-sstables.ts';
import { measureEngine } from './measure-engine.ts';

const [part, ...numbers] = process.argv.slice(2);
const [rounds, rows] = numbers.map(Number);
const tell = (line: string) => void process.stderr.write(`${line}\n`);
const run = part === 'sstable' ? measureSSTables(rounds, rows, tell) : await measureEngine(rounds, rows, tell);
process.stdout.write(JSON.stringify(run));

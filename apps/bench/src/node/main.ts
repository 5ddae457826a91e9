// node dist/lib/node/main.js engine|sstable|stall ROUNDS ROWS: progress goes to standard error, the run as JSON to standard output.

import { measureSSTables } from '../sstable/measure-sstables.ts';
import { measureEngine } from './measure-engine.ts';
import { measureStallInNode } from './measure-stall-in-node.ts';

const [part, ...numbers] = process.argv.slice(2);
const [rounds, rows] = numbers.map(Number);
const tell = (line: string) => void process.stderr.write(`${line}\n`);
async function measured(): Promise<unknown> {
  if (part === 'sstable') return measureSSTables(rounds, rows, tell);
  return part === 'stall' ? measureStallInNode(rounds, rows, tell) : measureEngine(rounds, rows, tell);
}
process.stdout.write(JSON.stringify(await measured()));

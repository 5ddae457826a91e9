// node dist/lib/node/main.js engine|primitives|sstable|stall ROUNDS ROWS: progress goes to standard error, the run as JSON to standard output.
// With `pairs` it answers steps instead (see pairs.ts).

import { measureSSTables } from '../sstable/measure-sstables.ts';
import { measureEngine } from './measure-engine.ts';
import { measurePrimitives } from './measure-primitives.ts';
import { measureStallInNode } from './measure-stall-in-node.ts';
import { answerSteps } from './pairs.ts';

const [part, ...numbers] = process.argv.slice(2);
const [rounds, rows] = numbers.map(Number);
const tell = (line: string) => void process.stderr.write(`${line}\n`);

const measures: Readonly<Record<string, () => unknown>> = {
  engine: () => measureEngine(rounds, rows, tell),
  primitives: () => measurePrimitives(rounds, rows, tell),
  sstable: () => measureSSTables(rounds, rows, tell),
  stall: () => measureStallInNode(rounds, rows, tell),
};

if (part === 'pairs') await answerSteps(rows);
else {
  const measure = measures[part];
  if (measure === undefined) throw new Error(`There is no part ${part}`);
  process.stdout.write(JSON.stringify(await measure()));
}

// node dist/lib/node/main.js ROUNDS ROWS: progress goes to standard error, the run as JSON to standard output.

import { measureEngine } from './measure-engine.ts';

const [rounds, rows] = process.argv.slice(2).map(Number);
const run = await measureEngine(rounds, rows, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(JSON.stringify(run));

#!/usr/bin/env node
// The command line. Exit 0, or 1 with one clear line on standard error; 2 for wrong usage.

import { CassetteError } from '@cassette/bytes';
import { CommanderError } from 'commander';
import { makeProgram } from './program.ts';
import { exitCodeOf, tellError } from './tell-error.ts';

// Whoever reads the output may go away (`| head`): then there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  tellError(new CassetteError('CANNOT_WRITE', `Standard output can't be written: ${error.message}`, {}, error));
  process.exit(1);
});

try {
  await makeProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what was wrong; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    tellError(error);
    process.exitCode = exitCodeOf(error);
  }
}

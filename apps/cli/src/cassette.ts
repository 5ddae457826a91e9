#!/usr/bin/env node
// The command line. Exit 0, or 1 with one clear line on standard error; 2 for wrong usage; 128 and the signal's number where one ended it.

import { CassetteError } from '@cassette/bytes';
import { CommanderError } from 'commander';
import { outputIsGone } from './print.ts';
import { makeProgram } from './program.ts';
import { exitCodeOf, tellError, useJson } from './tell-error.ts';

// Whoever reads the output may go away (`| head`): then there is nobody left to tell. What a command does besides printing it still does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return outputIsGone();
  tellError(new CassetteError('CANNOT_WRITE', `Standard output can't be written: ${error.message}`, {}, error));
  process.exit(1);
});
// Nor is there anybody to tell of an error then.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(1);
});

// Wrong usage, too, is told as JSON where that is asked for.
useJson(process.argv.includes('--json'));
try {
  await makeProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what was wrong; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? 0 : exitCodeOf(error);
  } else {
    tellError(error);
    process.exitCode ||= exitCodeOf(error);
  }
}

import { CommandError } from '../commands/command.ts';
import type { Outcome } from '../outcomes.ts';
import { ScriptSplitter, type ScriptStatement } from '../script/split-script.ts';
import type { FileJob } from './file-job.ts';
import { textPieces } from './text-pieces.ts';

/** Runs a statement of a file; `outer` is how deep files are in files. */
export type RunStatement = (statement: ScriptStatement) => Promise<Outcome>;

/** Characters that one statement of a file may have. */
const statementMax = 32_000_000;

/** SOURCE: the statements of a file, one after the other as they are read; those that are refused are told, and the others go on, as in cqlsh. */
export async function source(job: FileJob, files: readonly Blob[], run: RunStatement): Promise<void> {
  job.progress({ bytesTotal: files.reduce((sum, file) => sum + file.size, 0) });
  let bytes = 0;
  for (const file of files) {
    const splitter = new ScriptSplitter();
    let since = 0;
    for await (const piece of textPieces(file)) {
      bytes += piece.bytes;
      const statements = splitter.push(piece.text);
      if (piece.isLast) statements.push(...splitter.finish());
      since = statements.length > 0 ? 0 : since + piece.text.length;
      if (since > statementMax) throw new CommandError('this file has a statement of more than 32 million characters', 0);
      for (const statement of statements) {
        job.signal.throwIfAborted();
        const outcome = await run(statement);
        if (outcome.kind === 'cancelled') job.signal.throwIfAborted();
        if (outcome.kind === 'failed') {
          job.say(`line ${statement.line}: ${outcome.message.split('\n')[0]}`);
          job.progress({ refused: job.figures.value.refused + 1 });
        } else job.progress({ done: job.figures.value.done + 1 });
      }
      job.progress({ bytes });
    }
  }
}

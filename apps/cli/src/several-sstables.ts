import { dirname } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { tellError } from './tell-error.ts';

/**
 * Does `work` with each SSTable. Where one alone was asked for, what it throws is thrown; of several the error is told with its file,
 * `failed` goes on in its stead, and the exit code becomes 1.
 */
export async function forEachSSTable(
  files: readonly string[],
  alone: boolean,
  work: (file: string, index: number) => Promise<void>,
  failed: (error: CassetteError) => Promise<void> = async () => undefined,
): Promise<void> {
  for (const [i, file] of files.entries()) {
    try {
      await work(file, i);
    } catch (error) {
      if (!(error instanceof CassetteError) || error.code === 'CANNOT_WRITE') throw error;
      const told = naming(file, error);
      if (alone) throw told;
      tellError(told);
      process.exitCode = 1;
      await failed(told);
    }
  }
}

/** The error with the file that it is about, where it does not tell the folder itself. */
function naming(file: string, error: CassetteError): CassetteError {
  if (error.message.includes(dirname(file))) return error;
  return new CassetteError(error.code, `${file}: ${error.message}`, { ...error.data, sstable: file }, error);
}

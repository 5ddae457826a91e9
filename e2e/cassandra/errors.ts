/** What the judge's own failures are: not a refused SSTable, which is an answer, but a judge that could not answer. */
export type JudgeErrorCode = 'NO_TOOLCHAIN' | 'BUILD_FAILED' | 'JVM_ENDED' | 'REQUEST_FAILED' | 'NODE_FAILED' | 'IMPORT_FAILED';

/** A failure of the harness, with a stable code. */
export class JudgeError extends Error {
  readonly code: JudgeErrorCode;

  constructor(code: JudgeErrorCode, message: string) {
    super(message);
    this.name = 'JudgeError';
    this.code = code;
  }
}

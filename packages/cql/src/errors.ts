import { CassetteError } from '@cassette/bytes';

/**
 * An error that Cassandra would answer a statement with. `protocolCode` is the native protocol's error code, as drivers know it.
 */
export class CqlError extends CassetteError {
  /** Native protocol error code, e.g. 0x2200. */
  readonly protocolCode: number;

  constructor(code: string, protocolCode: number, message: string, data: Record<string, unknown> = {}) {
    super(code, message, { ...data, protocolCode });
    this.protocolCode = protocolCode;
  }
}

/** Where in a statement: both counted from 1, columns in UTF-16 units as editors count them. */
export interface SourceLocation {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset in `source`. */
export function locate(source: string, position: number): SourceLocation {
  let line = 1;
  let lineStart = 0;
  for (let i = source.indexOf('\n'); i >= 0 && i < position; i = source.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: position - lineStart + 1 };
}

/** The line that `position` lies in, and a caret below it; long lines are cut around the place. */
export function excerpt(source: string, position: number): string {
  const start = source.lastIndexOf('\n', position - 1) + 1;
  let end = source.indexOf('\n', position);
  if (end < 0) end = source.length;
  const from = Math.max(start, position - 60);
  const to = Math.min(end, position + 60);
  const line = source.slice(from, to).replace(/[\t\r]/g, ' ');
  return `${line}\n${' '.repeat(position - from)}^`;
}

const WORD_MAX = 300;
const MESSAGE_MAX = 4000;

/** A message without the better part of names and values that are no name or value one could read: it is for people, and for logs. */
function readable(message: string): string {
  if (message.length <= WORD_MAX) return message;
  const words = message.replace(/\S{300,}/g, (word) => `${word.slice(0, WORD_MAX - 20)}…${word.slice(-10)}`);
  return words.length <= MESSAGE_MAX ? words : `${words.slice(0, MESSAGE_MAX)}…`;
}

function placed(message: string, source: string, position: number): string {
  const { line, column } = locate(source, position);
  return `line ${line}:${column} ${message}\n${excerpt(source, position)}`;
}

/** A place in the text of a statement: what an error points at. */
export interface Place {
  readonly source: string;
  /** Offset in UTF-16 units. */
  readonly position: number;
}

/** The text is not CQL (Cassandra: SyntaxException, 0x2000). The message ends with the line and a caret. */
export class CqlSyntaxError extends CqlError {
  constructor(message: string, source: string, position: number) {
    super('SYNTAX_ERROR', 0x2000, placed(readable(message), source, position), { ...locate(source, position), position });
  }
}

/**
 * The text is CQL, but there is no answer to it. With a place the message points at it as that of a syntax error does, and `data` has
 * `line`, `column` and `position`. `reason` and `place` are for those who throw on; an error that came from a worker has them no more.
 */
export abstract class StatementError extends CqlError {
  /** The message without the place. */
  declare readonly reason: string;
  /** Where in the statement; undefined where no text is at fault, or whoever threw knew none. */
  declare readonly place: Place | undefined;

  constructor(code: string, protocolCode: number, said: string, where: Place | undefined, data: Record<string, unknown>) {
    const reason = readable(said);
    super(
      code,
      protocolCode,
      where ? placed(reason, where.source, where.position) : reason,
      where ? { ...data, ...locate(where.source, where.position), position: where.position } : data,
    );
    // Not enumerable: all that travels and is shown is in the message and in `data`, without the whole text of the statement.
    Object.defineProperties(this, { reason: { value: reason }, place: { value: where } });
  }

  /** The same error with another reason or place. */
  abstract with(reason: string, where: Place | undefined): StatementError;
}

/** The statement is CQL, but not one that can be answered (Cassandra: InvalidRequestException, 0x2200). */
export class InvalidRequestError extends StatementError {
  constructor(message: string, where?: Place, data: Record<string, unknown> = {}) {
    super('INVALID_REQUEST', 0x2200, message, where, data);
  }

  override with(reason: string, where: Place | undefined): InvalidRequestError {
    return caused(new InvalidRequestError(reason, where, { ...this.data }), this);
  }
}

/** A keyspace or table option that can't be (Cassandra: ConfigurationException, 0x2300). */
export class ConfigurationError extends StatementError {
  constructor(message: string, where?: Place, data: Record<string, unknown> = {}) {
    super('CONFIGURATION_ERROR', 0x2300, message, where, data);
  }

  override with(reason: string, where: Place | undefined): ConfigurationError {
    return caused(new ConfigurationError(reason, where, { ...this.data }), this);
  }
}

/** CREATE of something that exists (Cassandra: AlreadyExistsException, 0x2400). */
export class AlreadyExistsError extends StatementError {
  constructor(message: string, where?: Place, data: Record<string, unknown> = {}) {
    super('ALREADY_EXISTS', 0x2400, message, where, data);
  }

  override with(reason: string, where: Place | undefined): AlreadyExistsError {
    return caused(new AlreadyExistsError(reason, where, { ...this.data }), this);
  }
}

/** Nobody may do that, as to change a keyspace of Cassandra's own (Cassandra: UnauthorizedException, 0x2100). */
export class UnauthorizedError extends StatementError {
  constructor(message: string, where?: Place, data: Record<string, unknown> = {}) {
    super('UNAUTHORIZED', 0x2100, message, where, data);
  }

  override with(reason: string, where: Place | undefined): UnauthorizedError {
    return caused(new UnauthorizedError(reason, where, { ...this.data }), this);
  }
}

/** A function gives no result for its arguments, as a quotient by zero (Cassandra: FunctionExecutionException, 0x1400). */
export class FunctionFailureError extends StatementError {
  constructor(message: string, where?: Place, data: Record<string, unknown> = {}) {
    super('FUNCTION_FAILURE', 0x1400, message, where, data);
  }

  override with(reason: string, where: Place | undefined): FunctionFailureError {
    return caused(new FunctionFailureError(reason, where, { ...this.data }), this);
  }
}

function caused<T extends Error>(error: T, { cause }: Error): T {
  if (cause !== undefined) error.cause = cause;
  return error;
}

/**
 * What to throw on when `error` was caught at `where`: an error of the statement that points nowhere yet, made to point there; everything
 * else as it is. So whoever knows the narrowest place says it.
 */
export function pointedAt(error: unknown, where: Place | undefined): unknown {
  if (where === undefined || !(error instanceof StatementError) || error.place !== undefined) return error;
  return error.with(error.reason, where);
}

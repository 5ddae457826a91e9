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

function placed(message: string, source: string, position: number): string {
  const { line, column } = locate(source, position);
  return `line ${line}:${column} ${message}\n${excerpt(source, position)}`;
}

/** The text is not CQL (Cassandra: SyntaxException, 0x2000). The message ends with the line and a caret. */
export class CqlSyntaxError extends CqlError {
  constructor(message: string, source: string, position: number) {
    super('SYNTAX_ERROR', 0x2000, placed(message, source, position), { ...locate(source, position), position });
  }
}

/**
 * The statement is CQL, but not one that can be answered (Cassandra: InvalidRequestException, 0x2200).
 * With `source` and `position` the message points at the place as a syntax error does.
 */
export class InvalidRequestError extends CqlError {
  constructor(message: string, where?: { source: string; position: number }, data: Record<string, unknown> = {}) {
    super(
      'INVALID_REQUEST',
      0x2200,
      where ? placed(message, where.source, where.position) : message,
      where ? { ...data, ...locate(where.source, where.position), position: where.position } : data,
    );
  }
}

/** A keyspace or table option that can't be (Cassandra: ConfigurationException, 0x2300). */
export class ConfigurationError extends CqlError {
  constructor(message: string, data: Record<string, unknown> = {}) {
    super('CONFIGURATION_ERROR', 0x2300, message, data);
  }
}

/** CREATE of something that exists (Cassandra: AlreadyExistsException, 0x2400). */
export class AlreadyExistsError extends CqlError {
  constructor(message: string, data: Record<string, unknown> = {}) {
    super('ALREADY_EXISTS', 0x2400, message, data);
  }
}

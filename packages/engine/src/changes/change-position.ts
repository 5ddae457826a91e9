import { InvalidRequestError } from '@cassette/cql';

/** A place in the log: behind a mutation. Positions as text are in the order of the log. */
export interface ChangePosition {
  /** Number of the WAL segment. */
  readonly segment: number;
  /** Where in it the record's payload begins; 0: before the first. */
  readonly offset: number;
  /** Which mutation of the record. */
  readonly index: number;
}

const PATTERN = /^(\d{10})-(\d{10})-(\d{6})$/;

/** The text that callers carry. */
export function printPosition({ segment, offset, index }: ChangePosition): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${digits(segment, 10)}-${digits(offset, 10)}-${digits(index, 6)}`;
}

/** Throws InvalidRequestError for what no change has as its position. */
export function parsePosition(text: unknown): ChangePosition {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null) {
    throw new InvalidRequestError("since is the position of a change, or 'now': give back what a change had as its position");
  }
  return { segment: Number(match[1]), offset: Number(match[2]), index: Number(match[3]) };
}

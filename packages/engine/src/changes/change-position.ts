import { InvalidRequestError } from '@cassette/cql';

/** A place in the log: behind a mutation. Positions of one log as text are in its order. */
export interface ChangePosition {
  /** Number of the WAL segment. */
  readonly segment: number;
  /** Where in it the record's payload begins; 0: before the first. */
  readonly offset: number;
  /** Which mutation of the record. */
  readonly index: number;
}

const PATTERN = /^(\d{10})-(\d{10})-(\d{6})(?:-([0-9a-f]{12}))?$/;

/** The text that callers carry. `log`: the id of the log that it is a place in. */
export function printPosition({ segment, offset, index }: ChangePosition, log: string): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${digits(segment, 10)}-${digits(offset, 10)}-${digits(index, 6)}-${log}`;
}

/** Throws InvalidRequestError for what no change has as its position. */
export function parsePosition(text: unknown): ChangePosition & { readonly log: string | undefined } {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null) {
    throw new InvalidRequestError("since is the position of a change, or 'now': give back what a change had as its position");
  }
  return { segment: Number(match[1]), offset: Number(match[2]), index: Number(match[3]), log: match[4] };
}

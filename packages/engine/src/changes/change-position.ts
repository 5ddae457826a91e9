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

/** A position as its text says it, and which log gave it. */
export interface ParsedPosition extends ChangePosition {
  /** The id of the log; undefined in a text of old. */
  readonly log: string | undefined;
  /** Where the checksums of that segment's records begin from; undefined where there was no such segment yet. */
  readonly salted: number | undefined;
}

const PATTERN = /^(\d{10})-(\d{10})-(\d{6})(?:-([0-9a-f]{12})(?:-([0-9a-f]{8}))?)?$/;

/**
 * The text that callers carry. `log`: the id of the log that it is a place in. `salted`: where the checksums of the segment's records begin
 * from, null where there is no such segment yet: chance, and so it tells the segment from one of its number in another life of this log,
 * which a copy of the store has, or the store after an older copy was put back.
 */
export function printPosition({ segment, offset, index }: ChangePosition, log: string, salted: number | null): string {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  const life = salted === null ? '' : `-${(salted >>> 0).toString(16).padStart(8, '0')}`;
  return `${digits(segment, 10)}-${digits(offset, 10)}-${digits(index, 6)}-${log}${life}`;
}

/** Throws InvalidRequestError for what no change has as its position. */
export function parsePosition(text: unknown): ParsedPosition {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null) {
    throw new InvalidRequestError("since is the position of a change, or 'now': give back what a change had as its position");
  }
  const [, segment, offset, index, log, salted] = match;
  return {
    segment: Number(segment),
    offset: Number(offset),
    index: Number(index),
    log,
    salted: salted === undefined ? undefined : Number.parseInt(salted, 16),
  };
}

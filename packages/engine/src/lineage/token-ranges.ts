import { highWord, lowWord } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import type { SSTableReader, TokenRange } from '@cassette/sstable';
import { invalidOption } from '../config/check-config.ts';

/** Tokens between two: the start is not among them, the end is. From a start that is not before the end it goes around the ring. */
export interface TokenRangeOption {
  readonly start: bigint | number | string;
  readonly end: bigint | number | string;
}

/** First and last token of a range that does not go around. */
export type TokenInterval = readonly [first: bigint, last: bigint];

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/**
 * A range as Cassandra has it (dht.Range) as intervals, lowest first; null where it is the whole ring. The smallest token as an end is the
 * end of the ring, as for Cassandra. Throws InvalidRequestError for what are no tokens of
 * Murmur3Partitioner, CassetteError INVALID_OPTION for what is no range at all.
 */
export function intervalsOf(range: TokenRangeOption | undefined): readonly TokenInterval[] | null {
  if (range === undefined) return null;
  if (typeof range !== 'object' || range === null) throw invalidOption('tokenRange', 'an object with start and end', range);
  const start = tokenOf(range.start, 'start');
  const end = tokenOf(range.end, 'end');
  if (start === end) return null;
  const first: TokenInterval[] = end === MIN ? [] : [[MIN, end]];
  const last: TokenInterval[] = start === MAX ? [] : [[start + 1n, MAX]];
  if (start < end) return start === MIN && end === MAX ? null : [[start + 1n, end]];
  return [...first, ...last];
}

/** Whether one list of intervals has all that lies in both another list and a span; null is the whole ring. */
export function hasAllOf(
  intervals: readonly TokenInterval[] | null,
  wanted: readonly TokenInterval[] | null,
  span: TokenInterval,
): boolean {
  if (intervals === null) return true;
  return (wanted ?? [[MIN, MAX]]).every(([from, to]) => {
    const common = commonOf([from, to], span);
    return common === null || intervals.some((one) => one[0] <= common[0] && common[1] <= one[1]);
  });
}

/** First and last token of an SSTable. */
export function spanOf({ firstToken, lastToken }: SSTableReader): TokenInterval {
  return [tokenFrom(firstToken), tokenFrom(lastToken)];
}

/** An interval as the commands of reads have it. */
export function readRangeOf([first, last]: TokenInterval): TokenRange {
  return { start: { ...wordsOf(first), inclusive: true }, end: { ...wordsOf(last), inclusive: true } };
}

/** The share of the ring's tokens that an SSTable's span and intervals have in common, of its span; from 0 to 1. */
export function shareWithin(intervals: readonly TokenInterval[], [first, last]: TokenInterval): number {
  let common = 0;
  for (const interval of intervals) {
    const both = commonOf(interval, [first, last]);
    if (both !== null) common += Number(both[1] - both[0]) + 1;
  }
  return Math.min(1, common / (Number(last - first) + 1));
}

function commonOf(a: TokenInterval, b: TokenInterval): TokenInterval | null {
  let [first, last] = a;
  if (b[0] > first) first = b[0];
  if (b[1] < last) last = b[1];
  return first > last ? null : [first, last];
}

function tokenFrom({ hi, lo }: { readonly hi: number; readonly lo: number }): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

function wordsOf(token: bigint): { hi: number; lo: number } {
  return { hi: highWord(token), lo: lowWord(token) };
}

function tokenOf(value: unknown, which: string): bigint {
  const text = typeof value === 'bigint' || typeof value === 'string' ? String(value) : '';
  const token = Number.isSafeInteger(value) ? BigInt(value as number) : /^-?\d{1,19}$/.test(text) ? BigInt(text) : null;
  if (token === null || token < MIN || token > MAX) {
    throw new InvalidRequestError(
      `The ${which} of a token range is a whole number from ${MIN} to ${MAX} (a bigint or text where it is past 2^53), not ${String(value)}`,
    );
  }
  return token;
}

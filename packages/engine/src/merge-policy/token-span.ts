import { compareInt64 } from '@cassette/bytes';
import type { SSTableFacts, TokenWords } from './merge-policy.ts';

/** Order of two tokens. */
export function compareTokens(a: TokenWords, b: TokenWords): number {
  return compareInt64(a.hi, a.lo, b.hi, b.lo);
}

/** Whether all tokens of `a` are greater than those of `b`. */
export function startsAfter(a: SSTableFacts, b: SSTableFacts): boolean {
  return compareTokens(a.firstToken, b.lastToken) > 0;
}

/** Those of the others that may hold tokens between the first and the last of any of the SSTables, which are some. */
export function overlapping(sstables: readonly SSTableFacts[], others: readonly SSTableFacts[]): SSTableFacts[] {
  const first = sstables.reduce(
    (least, { firstToken }) => (compareTokens(firstToken, least) < 0 ? firstToken : least),
    sstables[0].firstToken,
  );
  const last = sstables.reduce(
    (most, { lastToken }) => (compareTokens(lastToken, most) > 0 ? lastToken : most),
    sstables[0].lastToken,
  );
  return others.filter((one) => compareTokens(one.firstToken, last) <= 0 && compareTokens(one.lastToken, first) >= 0);
}

/** The share of the ring from one token to another, both included: up to 1. */
export function spanOf(first: TokenWords, last: TokenWords): number {
  const tokens = (last.hi - first.hi) * 0x100000000 + ((last.lo >>> 0) - (first.lo >>> 0)) + 1;
  return tokens / 2 ** 64;
}

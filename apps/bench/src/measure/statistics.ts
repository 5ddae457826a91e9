/** The middle of `values`: between the two middle ones where their number is even. NaN for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which the part `p` (0 to 1) of `values` lies, between neighbours in proportion. NaN for none. */
export function percentile(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/**
 * The order of a round: who begins changes from round to round (A B C, C B A, B C A, …), and so does who comes after whom,
 * since what one leaves behind may fall into the next one's time.
 */
export function orderOf<T>(items: readonly T[], round: number): T[] {
  const start = Math.ceil(round / 2) % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

const grouped = new Intl.NumberFormat('en');
const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A count with thousands apart: `12,345`. */
export function count(n: number): string {
  return grouped.format(Math.round(n));
}

/** `1 row`, `2 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A size for people: `812 B`, `1.4 KB`, `23 MB`. */
export function bytes(n: number): string {
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(n >= 10 ? 0 : 1)} ${units[unit]}`;
}

/** A span for people: `0.4 ms`, `12 ms`, `3.1 s`. */
export function milliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Microseconds since the epoch as a UTC time to the millisecond. */
export function timestamp(micros: bigint): string {
  const date = new Date(Number(micros / 1000n));
  return Number.isNaN(date.getTime()) ? `${micros} µs` : date.toISOString().replace('T', ' ').replace('Z', '');
}

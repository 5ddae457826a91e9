import { civilFromDays, daysFromCivil, daysInMonth, pad, printYear } from '../values/civil-date.ts';

const dayMillis = 86400000n;

const dateTime = new RegExp(
  String.raw`^([+-]?\d{1,10})-(\d{1,2})-(\d{1,2})` +
    String.raw`(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?` +
    String.raw`(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$`,
);

/**
 * Milliseconds since 1970 of the text of a timestamp: a whole number of milliseconds, or a date with or without time and zone
 * (`2011-02-03`, `2011-02-03 04:05:06.789+0000`, `2011-02-03T04:05Z`); null for other text. Without a zone it is UTC: an engine has
 * no zone of its own. Cassandra: TimestampSerializer#dateStringToTimestamp.
 */
export function parseTimestamp(text: string): bigint | null {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const match = dateTime.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  // Java's smart resolver takes the 31st of a shorter month for its last day.
  const days = daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
  const millis = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = zoneMinutes(match[8]);
  return BigInt(days) * dayMillis + BigInt(((hour * 60 + minute - offset) * 60 + second) * 1000 + millis);
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone[0] === '-' ? -minutes : minutes;
}

/** A timestamp in UTC, `2011-02-03 04:05:00.000Z`, with `separator` between date and time. Years before 1 are counted as BC. */
export function printTimestamp(millis: bigint, separator: ' ' | 'T'): string {
  const inDay = Number(((millis % dayMillis) + dayMillis) % dayMillis);
  const { year, month, day } = civilFromDays(Number((millis - BigInt(inDay)) / dayMillis));
  // The pattern letter y is the year of the era.
  const date = `${printYear(year > 0 ? year : 1 - year)}-${pad(month)}-${pad(day)}`;
  const time = [Math.floor(inDay / 3600000), Math.floor(inDay / 60000) % 60, Math.floor(inDay / 1000) % 60];
  return `${date}${separator}${time.map((part) => pad(part)).join(':')}.${pad(inDay % 1000, 3)}Z`;
}

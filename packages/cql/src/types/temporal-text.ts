import { civilFromDays, daysFromCivil, daysInMonth, pad, printYear } from '../values/civil-date.ts';

const dayMillis = 86400000n;

// Widths are those of Java's letters: a single y, M, d, H, m or s takes up to 19 digits, yyyy and MM have theirs.
const dateTime = /^(\d{1,19})-(\d{1,19})-(\d{1,19})[T ](\d{1,19}):(\d{1,19})(?::(\d{1,19})(?:\.(\d{0,9}))?)?(.*)$/s;
const dateAlone = /^(\d{4}|\+\d{5,19}|-\d{4,10})-(\d\d)-(\d\d)(.*)$/s;
const zoned =
  /^(?: ?Z| (?:UTC?|GMT)([+-]\d\d:\d\d(?::\d\d)?)?| GMT0|( ?[+-]\d\d(?:\d\d)?|[+-]\d\d:\d\d| [+-]\d\d:\d\d(?::\d\d)?))$/;
const isoZoned = /^(?:|[Zz]|([+-]\d\d:\d\d(?::\d\d)?))$/;

/**
 * Milliseconds since 1970 of the text of a timestamp: a whole number of milliseconds, or a date with or without time and zone
 * (`2011-02-03`, `2011-02-03 04:05:06.789+0000`, `2011-2-3T4:05Z`); null for other text. Without a zone it is UTC: an engine has no zone
 * of its own, and no tables of named ones. Cassandra: TimestampSerializer#dateStringToTimestamp.
 */
export function parseTimestamp(text: string): bigint | null {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const match = dateTime.exec(text);
  return match === null ? parseDate(text) : parseDateTime(match);
}

function parseDateTime(match: RegExpExecArray): bigint | null {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const offset = match[8] === '' ? 0 : zoneSeconds(match[8], zoned);
  const days = daysOf(year, month, day);
  if (year < 1 || days === null || offset === null || minute > 59 || second > 59) return null;
  const millis = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // 24:00 is the end of the day.
  if (hour > 24 || (hour === 24 && minute + second + millis > 0)) return null;
  return BigInt(days) * dayMillis + BigInt(((hour * 60 + minute) * 60 + second - offset) * 1000 + millis);
}

function parseDate(text: string): bigint | null {
  const [, year, month, day, zone] = dateAlone.exec(text) ?? [];
  if (year === undefined || year === '-0000') return null;
  // Years before 1 and offsets to the second are those of ISO alone.
  const isIso = isoZoned.test(zone) && year.length <= 11;
  const offset = zoneSeconds(zone, isIso ? isoZoned : zoned);
  const days = daysOf(Number(year), Number(month), Number(day));
  if (offset === null || days === null || (!isIso && Number(year) < 1)) return null;
  return BigInt(days) * dayMillis - BigInt(offset * 1000);
}

/** Days since 1970; null for what is in no calendar. */
function daysOf(year: number, month: number, day: number): number | null {
  if (Math.abs(year) > 999_999_999 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  // Java's smart resolver takes the 31st of a shorter month for its last day.
  return daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
}

/** Seconds east of Greenwich; null for a zone that is not of these forms, or further than one can be. */
function zoneSeconds(zone: string, forms: RegExp): number | null {
  const match = forms.exec(zone);
  if (match === null) return null;
  const digits = (match[1] ?? match[2] ?? '').replace(/\D/g, '').padEnd(6, '0');
  const [hours, minutes, seconds] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].map(Number);
  const total = (hours * 60 + minutes) * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 18 * 3600) return null;
  return zone.includes('-') ? -total : total;
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

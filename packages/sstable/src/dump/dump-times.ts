import { toBigInt } from '@cassette/bytes';

// Times as sstabledump prints them: raw numbers, or Java's Instant#toString.

const NANOS_MAX = 2n ** 63n - 1n;
const NANOS_MIN = -(2n ** 63n);

/** Microseconds since the epoch, given as words. */
export function microsText(hi: number, lo: number, raw: boolean): string {
  const micros = toBigInt(hi, lo);
  if (raw) return String(micros);
  // Seconds are cut towards zero and the fraction is taken from nanoseconds that stop at 64 bits: so does sstabledump.
  const nanos = micros * 1000n;
  const bounded = nanos > NANOS_MAX ? NANOS_MAX : nanos < NANOS_MIN ? NANOS_MIN : nanos;
  const fraction = ((bounded % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return instantText(Number(micros / 1_000_000n), Number(fraction));
}

/** Seconds since the epoch. */
export function secondsText(seconds: number, raw: boolean): string {
  return raw ? String(seconds) : instantText(seconds, 0);
}

function instantText(seconds: number, nanos: number): string {
  const days = Math.floor(seconds / 86400);
  const ofDay = seconds - days * 86400;
  const time = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map((n) => pad(n, 2)).join(':');
  return `${dateText(days)}T${time}${fractionText(nanos)}Z`;
}

/** The date so many days after 1970-01-01. */
export function dateText(days: number): string {
  // Days to a date of the proleptic Gregorian calendar, in eras of 400 years that begin on 1 March: years beyond JavaScript's Date.
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${yearText(year)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function yearText(year: number): string {
  if (year < 0) return `-${pad(-year, 4)}`;
  return year > 9999 ? `+${year}` : pad(year, 4);
}

function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  const digits = pad(nanos, 9);
  if (nanos % 1_000_000 === 0) return `.${digits.slice(0, 3)}`;
  return nanos % 1000 === 0 ? `.${digits.slice(0, 6)}` : `.${digits}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

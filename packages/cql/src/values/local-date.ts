import { CassetteError } from '@cassette/bytes';
import { civilFromDays, daysFromCivil, daysInMonth, pad, printYear } from './civil-date.ts';

const pattern = /^(\d{4}|[+-]\d{4,10})-(\d\d)-(\d\d)$/;

/** A date without time and zone: what a `date` column holds. Immutable. Java: LocalDate. */
export class LocalDate {
  /** Days since 1970-01-01, an int32. */
  readonly daysSinceEpoch: number;
  /** Proleptic: 0 is 1 BC. */
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;

  /** Use {@link LocalDate.fromDays} or {@link LocalDate.of}. Throws CassetteError INVALID_DATE for what is not an int32. */
  constructor(daysSinceEpoch: number) {
    if ((daysSinceEpoch | 0) !== daysSinceEpoch) {
      throw new CassetteError('INVALID_DATE', `${daysSinceEpoch} days from 1970-01-01 are outside what a date can hold`);
    }
    const { year, month, day } = civilFromDays(daysSinceEpoch);
    this.daysSinceEpoch = daysSinceEpoch;
    this.year = year;
    this.month = month;
    this.day = day;
  }

  static fromDays(daysSinceEpoch: number): LocalDate {
    return new LocalDate(daysSinceEpoch);
  }

  /** Month and day count from 1. Throws CassetteError INVALID_DATE for a day that is not in the calendar. */
  static of(year: number, month: number, day: number): LocalDate {
    const whole = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day);
    if (!whole || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
      throw new CassetteError('INVALID_DATE', `${year}-${month}-${day} is not a date`);
    }
    return new LocalDate(daysFromCivil(year, month, day));
  }

  /** The day that a Date lies in, in UTC. Throws CassetteError INVALID_DATE for an invalid Date. */
  static fromDate(date: Date): LocalDate {
    return new LocalDate(Math.floor(date.getTime() / 86400000));
  }

  /** From `2011-02-03`; years past 9999 need a sign. Throws CassetteError INVALID_DATE for other text. */
  static parse(text: string): LocalDate {
    const match = pattern.exec(text);
    // Java's strict parser refuses a sign before four digits, save the minus.
    if (match === null || /^\+\d{4}$/.test(match[1]) || match[1] === '-0000') {
      throw new CassetteError('INVALID_DATE', `'${text}' is not a date like 2011-02-03`, { text });
    }
    return LocalDate.of(Number(match[1]), Number(match[2]), Number(match[3]));
  }

  /** Midnight in UTC. Invalid where Date does not reach. */
  toDate(): Date {
    return new Date(this.daysSinceEpoch * 86400000);
  }

  compareTo(other: LocalDate): number {
    return Math.sign(this.daysSinceEpoch - other.daysSinceEpoch);
  }

  equals(other: LocalDate): boolean {
    return this.daysSinceEpoch === other.daysSinceEpoch;
  }

  /** `2011-02-03`. */
  toString(): string {
    return `${printYear(this.year)}-${pad(this.month)}-${pad(this.day)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

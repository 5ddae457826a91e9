import { CassetteError } from '@cassette/bytes';
import { pad } from './civil-date.ts';

// Hours, minutes and seconds as Java's Integer#parseInt takes them, between blanks as its String#trim takes them away.
const pattern = /^[\0- ]*([+-]?\d+):([+-]?\d+):([+-]?\d+)(?:\.(\d{1,9}))?[\0- ]*$/;
const dayNanoseconds = 86400e9;

/** A time of day to the nanosecond, without date and zone: what a `time` column holds. Immutable. Java: LocalTime. */
export class LocalTime {
  /** Nanoseconds since midnight: below 86,400,000,000,000. */
  readonly totalNanoseconds: number;

  /** Throws CassetteError INVALID_TIME outside a day. */
  constructor(totalNanoseconds: number) {
    if (!Number.isInteger(totalNanoseconds) || totalNanoseconds < 0 || totalNanoseconds >= dayNanoseconds) {
      throw new CassetteError('INVALID_TIME', `${totalNanoseconds} nanoseconds are not a time of day`);
    }
    this.totalNanoseconds = totalNanoseconds;
  }

  static fromNanoseconds(totalNanoseconds: number | bigint): LocalTime {
    return new LocalTime(Number(totalNanoseconds));
  }

  /** Throws CassetteError INVALID_TIME for what is not on a clock. */
  static of(hour: number, minute: number, second = 0, nanosecond = 0): LocalTime {
    const fits = (value: number, end: number) => Number.isInteger(value) && value >= 0 && value < end;
    if (!fits(hour, 24) || !fits(minute, 60) || !fits(second, 60) || !fits(nanosecond, 1e9)) {
      throw new CassetteError('INVALID_TIME', `${hour}:${minute}:${second}.${nanosecond} is not a time of day`);
    }
    return new LocalTime(((hour * 60 + minute) * 60 + second) * 1e9 + nanosecond);
  }

  /** The time of a Date in UTC. */
  static fromDate(date: Date): LocalTime {
    const milliseconds = date.getTime();
    return new LocalTime((milliseconds - Math.floor(milliseconds / 86400000) * 86400000) * 1e6);
  }

  /** From `hh:mm:ss[.fffffffff]`. Throws CassetteError INVALID_TIME for other text. */
  static parse(text: string): LocalTime {
    const match = pattern.exec(text);
    if (match === null) throw new CassetteError('INVALID_TIME', `'${text}' is not a time like 08:12:54.123456789`, { text });
    const [hour, minute, second] = match.slice(1, 4).map((part) => Number.parseInt(part, 10) + 0);
    return LocalTime.of(hour, minute, second, Number((match[4] ?? '').padEnd(9, '0')));
  }

  get hour(): number {
    return Math.floor(this.totalNanoseconds / 3600e9);
  }

  get minute(): number {
    return Math.floor(this.totalNanoseconds / 60e9) % 60;
  }

  get second(): number {
    return Math.floor(this.totalNanoseconds / 1e9) % 60;
  }

  /** Of the second: 0 to 999,999,999. */
  get nanosecond(): number {
    return this.totalNanoseconds % 1e9;
  }

  compareTo(other: LocalTime): number {
    return Math.sign(this.totalNanoseconds - other.totalNanoseconds);
  }

  equals(other: LocalTime): boolean {
    return this.totalNanoseconds === other.totalNanoseconds;
  }

  /** Always with nine digits after the point, as Cassandra prints it: `08:12:54.000000000`. */
  toString(): string {
    return `${pad(this.hour)}:${pad(this.minute)}:${pad(this.second)}.${pad(this.nanosecond, 9)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

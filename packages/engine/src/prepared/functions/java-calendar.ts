// Java's calendar: Julian up to 4 October 1582, Gregorian from 15 October on. Days are counted from 1970-01-01, years astronomically (year 0
// is 1 BC), months from 0. Numbers are far below 2^53, for times in milliseconds have 64 bits.

/** A day of the calendar. */
export interface CalendarDay {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
}

/** 1582-10-15, the first day of the Gregorian calendar. */
const CUTOVER = -141_427;
/** Days from 0000-03-01 to 1970-01-01 in both calendars. */
const [GREGORIAN_EPOCH, JULIAN_EPOCH] = [719_468, 719_470];

/** The date of a day. Java: GregorianCalendar#computeFields. */
export function calendarDay(days: number): CalendarDay {
  const isGregorian = days >= CUTOVER;
  const [epoch, cycle, years] = isGregorian ? [GREGORIAN_EPOCH, 146_097, 400] : [JULIAN_EPOCH, 1461, 4];
  const z = days + epoch;
  const era = Math.floor(z / cycle);
  const dayOfEra = z - era * cycle;
  const skipped = isGregorian
    ? Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 146_096)
    : -Math.floor(dayOfEra / 1460);
  const yearOfEra = Math.floor((dayOfEra + skipped) / 365);
  const centuries = isGregorian ? Math.floor(yearOfEra / 100) : 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - centuries);
  // Years begin in March, so that the leap day is the last.
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = (fromMarch + 2) % 12;
  return {
    year: yearOfEra + era * years + (month < 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** The day of a date; of days that the change of calendars left out, the Julian one. Java: GregorianCalendar#computeTime. */
export function dayOf({ year, month, day }: CalendarDay): number {
  const shifted = month < 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  const julian = 365 * shifted + Math.floor(shifted / 4) + dayOfYear;
  const gregorian = julian - Math.floor(shifted / 100) + Math.floor(shifted / 400) - GREGORIAN_EPOCH;
  return gregorian >= CUTOVER ? gregorian : julian - JULIAN_EPOCH;
}

/**
 * A date so many months later, at the last day of the month where the day is not in it; but in 1582 (of either era), where Java asks the
 * month that the day would run over to. Java: GregorianCalendar#add.
 */
export function monthsLater({ year, month, day }: CalendarDay, months: number): CalendarDay {
  const total = year * 12 + month + months;
  const to = { year: Math.floor(total / 12), month: total - Math.floor(total / 12) * 12 };
  const yearOfEra = to.year > 0 ? to.year : 1 - to.year;
  return { ...to, day: yearOfEra === 1582 ? day : Math.min(day, monthLength(to)) };
}

function monthLength({ year, month }: Pick<CalendarDay, 'year' | 'month'>): number {
  if (month !== 1) return [3, 5, 8, 10].includes(month) ? 30 : 31;
  const isLeap = year % 4 === 0 && (year <= 1582 || year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : 28;
}

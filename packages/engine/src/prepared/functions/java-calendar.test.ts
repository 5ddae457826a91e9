import { expect, test } from 'vitest';
import { calendarDay, dayOf, monthsLater } from './java-calendar.ts';

test('days after 1582 are those of a Date, and every day is the day of its date', () => {
  for (let days = -141_427; days < 3_000_000; days += 997) {
    const date = new Date(days * 86_400_000);
    expect(calendarDay(days)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() });
  }
  for (let days = -2_000_000; days < 2_000_000; days += 331) expect(dayOf(calendarDay(days))).toBe(days);
  for (const days of [-1e11, 1e11]) expect(dayOf(calendarDay(days))).toBe(days);
});

test('the day before 15 October 1582 is the 4th of the Julian calendar', () => {
  expect(calendarDay(-141_427)).toEqual({ year: 1582, month: 9, day: 15 });
  expect(calendarDay(-141_428)).toEqual({ year: 1582, month: 9, day: 4 });
  expect(dayOf({ year: 1582, month: 9, day: 5 })).toBe(-141_427);
  expect(calendarDay(dayOf({ year: 1500, month: 1, day: 29 }))).toEqual({ year: 1500, month: 1, day: 29 });
});

test('months end where the calendar of their year has it', () => {
  expect(monthsLater({ year: 1500, month: 0, day: 31 }, 1)).toEqual({ year: 1500, month: 1, day: 29 });
  expect(monthsLater({ year: 1900, month: 0, day: 31 }, 1)).toEqual({ year: 1900, month: 1, day: 28 });
  expect(dayOf(monthsLater({ year: 1582, month: 9, day: 31 }, 1))).toBe(dayOf({ year: 1582, month: 11, day: 1 }));
  expect(monthsLater({ year: 1, month: 0, day: 31 }, -2)).toEqual({ year: 0, month: 10, day: 30 });
});

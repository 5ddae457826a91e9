// Points of time in the letters of strftime that DATETIMEFORMAT takes: %Y %m %d %H %M %S %f %z %y %F %T %%.

const pad = (value: number, width: number) => String(value).padStart(width, '0');

/** A writer of milliseconds since 1970, in UTC. `milliseconds`: %f has three digits, as cqlsh's COPY writes it, and not six. */
export function dateTimeWriter(format: string): (time: number) => string {
  const letters: Readonly<Record<string, (date: Date) => string>> = {
    Y: (date) => pad(date.getUTCFullYear(), 4),
    y: (date) => pad(date.getUTCFullYear() % 100, 2),
    m: (date) => pad(date.getUTCMonth() + 1, 2),
    d: (date) => pad(date.getUTCDate(), 2),
    H: (date) => pad(date.getUTCHours(), 2),
    M: (date) => pad(date.getUTCMinutes(), 2),
    S: (date) => pad(date.getUTCSeconds(), 2),
    f: (date) => pad(date.getUTCMilliseconds(), 3),
    z: () => '+0000',
    '%': () => '%',
  };
  const parts = whole(format).split(/(%.)/);
  return (time) => {
    const date = new Date(time);
    const year = date.getUTCFullYear();
    // As cqlsh does it of years that Python has no date for; COPY FROM reads numbers as milliseconds.
    if (Number.isNaN(year) || year < 1 || year > 9999) return String(time);
    return parts.map((part) => (part.startsWith('%') ? letters[part[1]](date) : part)).join('');
  };
}

/** A reader of points of time into what CQL takes; null for what is not written so. */
export function dateTimeReader(format: string): (text: string) => string | null {
  const order: string[] = [];
  const patterns: Readonly<Record<string, string>> = {
    Y: '(\\d{4})',
    y: '(\\d{2})',
    m: '(\\d{1,2})',
    d: '(\\d{1,2})',
    H: '(\\d{1,2})',
    M: '(\\d{1,2})',
    S: '(\\d{1,2})',
    f: '(\\d{1,6})',
    z: '(Z|[+-]\\d{2}:?\\d{2})',
    '%': '%',
  };
  const source = whole(format)
    .split(/(%.)/)
    .map((part) => {
      if (!part.startsWith('%')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (part[1] !== '%') order.push(part[1]);
      return patterns[part[1]];
    })
    .join('');
  const pattern = new RegExp(`^${source}$`);
  return (text) => {
    const found = pattern.exec(text.trim());
    if (found === null) return null;
    const value = (letter: string, otherwise: string) => found[order.indexOf(letter) + 1] ?? otherwise;
    const has = (letter: string) => order.includes(letter);
    const two = (letter: string) => (has(letter) ? value(letter, '') : '0').padStart(2, '0');
    const century = Number(value('y', '70')) < 69 ? '20' : '19';
    const year = has('Y') ? value('Y', '') : has('y') ? century + value('y', '') : '1900';
    const day = `${year}-${has('m') ? two('m') : '01'}-${has('d') ? two('d') : '01'}`;
    const fraction = has('f') ? value('f', '').padEnd(3, '0').slice(0, 3) : '000';
    return `${day} ${two('H')}:${two('M')}:${two('S')}.${fraction}${has('z') ? value('z', '').replace('Z', '+0000') : '+0000'}`;
  };
}

function whole(format: string): string {
  return format.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S');
}

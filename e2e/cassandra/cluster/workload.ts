import { type Cell, ModelCounters, ModelTable, type TableShape } from './model.ts';
import type { Value } from './values.ts';

/** Two of the three nodes have each row of `k`, all of them each of `c`. */
export const SCHEMA = `
CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2};
CREATE TYPE k.place (lat int, lon int);
CREATE TABLE k.wide (a int, b int, s text static, st set<text> static, v int, t text, m map<text, int>, tags set<text>,
  f frozen<list<int>>, p frozen<place>, u place, PRIMARY KEY (a, b));
CREATE TABLE k.brief (id text PRIMARY KEY, v int, m map<text, int>) WITH default_time_to_live = 300000;
CREATE KEYSPACE c WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3};
CREATE TABLE c.hits (page text PRIMARY KEY, n counter);
`;

const KEYS = ['k0', 'k1', 'k2', 'k3'];

/** `k.wide`, but for its name. */
export const WIDE: TableShape = {
  partitionKey: 'a',
  clustering: 'b',
  columns: [
    { name: 's', kind: 'simple', isStatic: true },
    { name: 'st', kind: 'set', elements: KEYS, isStatic: true },
    { name: 'v', kind: 'simple' },
    { name: 't', kind: 'simple' },
    { name: 'm', kind: 'map', elements: [...KEYS, 'other'] },
    { name: 'tags', kind: 'set', elements: [...KEYS, 'x'] },
    { name: 'f', kind: 'simple' },
    { name: 'p', kind: 'simple' },
    { name: 'u', kind: 'udt', elements: ['lat', 'lon'] },
  ],
};
/** `k.brief`, but for its name. */
export const BRIEF: TableShape = {
  partitionKey: 'id',
  clustering: null,
  columns: [
    { name: 'v', kind: 'simple' },
    { name: 'm', kind: 'map', elements: KEYS },
  ],
};
const BRIEF_TTL = 300_000;

/** Everything expires at a multiple of this, in seconds, so that a TTL that is left tells when, whichever second it is asked in. */
export const EXPIRY_STEP = 1000;

/** What all tables are to answer. */
export class Model {
  readonly wide = new ModelTable(WIDE);
  readonly brief = new ModelTable(BRIEF);
  readonly hits = new ModelCounters();
}

/** Whole numbers from 0 up to but without `sides`. */
export type Roll = (sides: number) => number;

/** Who writes. */
export interface Writer {
  /** What its clock says, in seconds of the epoch; TTLs count from there. */
  readonly now: () => number;
  /** The second that the timestamps of half of its writes lie around. */
  readonly around: number;
  /** The real time as the run began, for all writers: what one lets expire is over by then, or far from over. */
  readonly began: number;
  readonly roll: Roll;
}

/** Numbers from a seed, so that a failure can be had again. */
export function dice(seed: number): Roll {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * sides);
  };
}

/** A random statement; the model is told of it. */
export function statement(writer: Writer, model: Model): string {
  const { roll } = writer;
  const kind = roll(20);
  if (kind < 2) {
    const [page, by] = [`p${roll(6)}`, roll(200) - 100];
    model.hits.add(page, by);
    return `UPDATE c.hits SET n = n + ${by} WHERE page = '${page}'`;
  }
  if (kind < 5) return briefStatement(writer, model.brief);
  return wideStatement(writer, model.wide);
}

/** USING of one statement: a timestamp, and when what it writes expires. */
interface Using {
  readonly timestamp: number;
  readonly expires: number | null;
  readonly ttl: number;
}

/**
 * Half of the timestamps are around the writer's clock, others in an hour that all writers share. One in eight is one of six, so that
 * different writes have the same; what of those expires does so far in the future, for of two writes of one timestamp Cassandra
 * prefers the one that expires until it has, and another afterwards.
 */
function using({ roll, began, around, now: clock }: Writer, defaultTtl = 0): Using {
  const now = clock();
  const asksTtl = roll(4) === 0;
  // Of a clock that moves on it is not known to the second when something expires, which decides such a tie.
  const isShared = roll(8) === 0 && (now % EXPIRY_STEP === 0 || !(asksTtl || defaultTtl > 0));
  const second = isShared ? began - 7200 : roll(2) === 0 ? around - 900 + roll(1800) : began - 3600 + roll(3600);
  const timestamp = second * 1_000_000 + roll(isShared ? 6 : 1_000_000);
  const until = (expires: number): Using => {
    const aligned = Math.floor(expires / EXPIRY_STEP) * EXPIRY_STEP;
    return { timestamp, expires: aligned, ttl: aligned - now };
  };
  if (!asksTtl) return defaultTtl > 0 ? until(now + defaultTtl) : { timestamp, expires: null, ttl: 0 };
  const steps = Math.floor((began - 1500 - now) / EXPIRY_STEP);
  if (!isShared && steps > 0 && roll(3) === 0) return until(now + EXPIRY_STEP * (1 + roll(steps)));
  return until(began + 200_000 + EXPIRY_STEP * roll(100));
}

function clause({ timestamp, ttl }: Using, defaultTtl = 0): string {
  return `USING TIMESTAMP ${timestamp}${ttl === defaultTtl ? '' : ` AND TTL ${ttl}`}`;
}

function cell({ timestamp, expires, ttl }: Using, value: Value): Cell {
  return { timestamp, value, expires, ttl };
}

function tombstone({ timestamp }: Using): Cell {
  return { timestamp, value: null, expires: null, ttl: 0 };
}

function briefStatement(writer: Writer, table: ModelTable): string {
  const { roll } = writer;
  const [id, v, key] = [`i${roll(15)}`, roll(100), `k${roll(3)}`];
  const how = using(writer, BRIEF_TTL);
  const where = `WHERE id = '${id}'`;
  switch (roll(5)) {
    case 0:
      table.deletePartition(id, how.timestamp);
      return `DELETE FROM k.brief USING TIMESTAMP ${how.timestamp} ${where}`;
    case 1:
      table.addCell(id, 0, 'm', key, cell(how, v));
      return `UPDATE k.brief ${clause(how, BRIEF_TTL)} SET m['${key}'] = ${v} ${where}`;
    case 2:
      table.addCell(id, 0, 'v', '', tombstone(how));
      return `DELETE v FROM k.brief USING TIMESTAMP ${how.timestamp} ${where}`;
    default:
      table.addLiveness(id, 0, how);
      table.addCell(id, 0, 'v', '', cell(how, v));
      return `INSERT INTO k.brief (id, v) VALUES ('${id}', ${v}) ${clause(how, BRIEF_TTL)}`;
  }
}

function wideStatement(writer: Writer, table: ModelTable): string {
  const { roll } = writer;
  const [a, b, v, key] = [roll(12), roll(8), roll(1000), `k${roll(4)}`];
  const how = using(writer);
  const { timestamp } = how;
  const where = `WHERE a = ${a} AND b = ${b}`;
  const set = (assignments: string) => `UPDATE k.wide ${clause(how)} SET ${assignments} ${where}`;
  const remove = (what: string, rest = where) => `DELETE ${what} FROM k.wide USING TIMESTAMP ${timestamp} ${rest}`;
  // A whole collection or user type: what was there goes a microsecond before what comes.
  const replace = (column: string, at: number | null, elements: Readonly<Record<string, Value>>) => {
    table.deleteColumn(a, at, column, timestamp - 1);
    for (const [path, value] of Object.entries(elements)) table.addCell(a, at, column, path, cell(how, value));
  };
  switch (roll(19)) {
    case 0:
      table.deletePartition(a, timestamp);
      return remove('', `WHERE a = ${a}`);
    case 1: {
      const to = b + roll(3);
      table.deleteRange(a, b, to, timestamp);
      return remove('', `WHERE a = ${a} AND b >= ${b} AND b <= ${to}`);
    }
    case 2:
      // Clusterings are whole numbers from 0 to 7.
      if (roll(2) === 0) {
        table.deleteRange(a, b + 1, Number.POSITIVE_INFINITY, timestamp);
        return remove('', `WHERE a = ${a} AND b > ${b}`);
      }
      table.deleteRange(a, Number.NEGATIVE_INFINITY, b - 1, timestamp);
      return remove('', `WHERE a = ${a} AND b < ${b}`);
    case 3:
    case 4:
      table.deleteRow(a, b, timestamp);
      return remove('');
    case 5:
      table.addCell(a, b, 'v', '', tombstone(how));
      table.deleteColumn(a, b, 'tags', timestamp);
      return remove('v, tags');
    case 6:
      table.addCell(a, b, 'm', key, tombstone(how));
      table.addCell(a, b, 'u', 'lon', tombstone(how));
      return remove(`m['${key}'], u.lon`);
    case 7:
      table.addCell(a, null, 's', '', cell(how, `s${v}`));
      table.addCell(a, null, 'st', key, cell(how, ''));
      return `UPDATE k.wide ${clause(how)} SET s = 's${v}', st = st + {'${key}'} WHERE a = ${a}`;
    case 8:
      table.addCell(a, null, 's', '', tombstone(how));
      table.addCell(a, null, 'st', key, tombstone(how));
      return `UPDATE k.wide USING TIMESTAMP ${timestamp} SET s = null, st = st - {'${key}'} WHERE a = ${a}`;
    case 9:
      table.addCell(a, b, 'm', key, cell(how, v));
      table.addCell(a, b, 'tags', key, cell(how, ''));
      return set(`m['${key}'] = ${v}, tags = tags + {'${key}'}`);
    case 10:
      replace('m', b, { [key]: v, other: b });
      replace('tags', b, {});
      return set(`m = {'${key}': ${v}, 'other': ${b}}, tags = {}`);
    case 11:
      table.addCell(a, b, 'f', '', cell(how, [v, b]));
      table.addCell(a, b, 'p', '', cell(how, { lat: v, lon: b }));
      return set(`f = [${v}, ${b}], p = {lat: ${v}, lon: ${b}}`);
    case 12:
      replace('u', b, { lat: v, lon: b });
      return set(`u = {lat: ${v}, lon: ${b}}`);
    case 13:
      table.addCell(a, b, 'u', 'lat', cell(how, v));
      table.addCell(a, b, 't', '', cell(how, `t${v}`));
      return set(`u.lat = ${v}, t = 't${v}'`);
    case 14:
      table.addLiveness(a, b, how);
      table.addCell(a, null, 's', '', cell(how, `s${v}`));
      replace('tags', b, { x: '', [key]: '' });
      return `INSERT INTO k.wide (a, b, s, tags) VALUES (${a}, ${b}, 's${v}', {'x', '${key}'}) ${clause(how)}`;
    case 15:
      table.addLiveness(a, b, how);
      return `INSERT INTO k.wide (a, b) VALUES (${a}, ${b}) ${clause(how)}`;
    default:
      table.addLiveness(a, b, how);
      table.addCell(a, b, 'v', '', cell(how, v));
      table.addCell(a, b, 't', '', cell(how, `t${v}`));
      return `INSERT INTO k.wide (a, b, v, t) VALUES (${a}, ${b}, ${v}, 't${v}') ${clause(how)}`;
  }
}

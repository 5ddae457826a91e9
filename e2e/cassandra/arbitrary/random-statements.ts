import type { ScriptStep } from '../cql-script.ts';
import { Alterations } from './alterations.ts';
import type { Draw } from './draw.ts';
import { distinctLiterals, literalOf, literalOrNull, mapLiteral } from './random-literal.ts';
import type { RandomColumn, RandomKeyColumn, RandomTable } from './random-table.ts';
import { isMultiCell } from './random-type.ts';

/** Seconds that pass at most. */
const CLOCK_STEPS = 60;

/** Where the clock of random scripts begins, and how far it may get: seconds. */
export const clockFrom = 1_700_000_000;
export const clockTo = clockFrom + CLOCK_STEPS;

/**
 * A script on one table: modifications in any order, ties of timestamps, flushes now and then, a clock that moves on, columns that come
 * and go. `begin`: where its clock begins, in seconds.
 */
export function drawScript(initial: RandomTable, draw: Draw, statementsMax: number, begin = clockFrom): ScriptStep[] {
  let clock = begin;
  const steps: ScriptStep[] = [{ clock }];
  const alterations = draw.chance(40) ? new Alterations(initial, draw) : null;
  const statements = draw.int(3, statementsMax);
  for (let n = 0; n < statements; n++) {
    if (draw.chance(6)) steps.push({ flush: initial.name });
    if (draw.chance(8)) {
      clock = Math.min(begin + CLOCK_STEPS, clock + draw.int(1, 20));
      steps.push({ clock });
    }
    const altered = alterations !== null && draw.chance(15) ? alterations.next() : null;
    if (altered !== null) {
      // Cassandra flushes a table that is altered, Cassette goes on with its memtable: what both write is compared from here on.
      steps.push({ flush: initial.name }, { cql: altered });
    }
    const table = alterations === null ? initial : { ...alterations.table, since: alterations.since };
    steps.push({ cql: draw.chance(10) ? batch(table, draw) : modification(table, draw, true) });
  }
  steps.push({ flush: initial.name });
  return steps;
}

/** Bytes of a batch's text. Cassandra: batch_size_fail_threshold, of the default configuration. */
const BATCH_TEXT_MAX = 24 * 1024;

function batch(table: Written, draw: Draw): string {
  const ownTimestamps = draw.chance(50);
  // A node takes no larger batches of several partitions; what its values take is less than twice their text.
  let left = BATCH_TEXT_MAX;
  const inside = draw
    .list(2, 4, () => `${modification(table, draw, ownTimestamps)};`)
    .filter((text) => {
      left -= Buffer.byteLength(text);
      return left > 0;
    });
  if (inside.length === 0) return modification(table, draw, true);
  const using = ownTimestamps ? '' : ` USING TIMESTAMP ${timestamp(table, draw, table.version === 'nb')}`;
  return `BEGIN ${draw.chance(50) ? 'UNLOGGED ' : ''}BATCH${using} ${inside.join(' ')} APPLY BATCH`;
}

/** `timed`: with a timestamp of its own, as all that are not in a batch have: default ones depend on what was executed before. */
function modification(table: Written, draw: Draw, timed: boolean): string {
  switch (draw.int(0, 9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return insert(table, draw, timed);
    case 4:
    case 5:
    case 6:
      return update(table, draw, timed) ?? insert(table, draw, timed);
    default:
      return remove(table, draw, timed);
  }
}

/** A table that is altered has timestamps that begin after so many milliseconds; see {@link Alterations}. */
type Written = RandomTable & { readonly since?: number; readonly ttlMax?: number };

/**
 * Microseconds: few different ones, so that there are ties; now and then one at the ends of the range, or one past doubles. Not the very
 * least: a whole collection is written with a deletion one microsecond before, which Cassette refuses there.
 */
function timestamp({ since }: Written, draw: Draw, canBeNegative: boolean): bigint {
  if (since === undefined && draw.chance(4)) {
    const picked = draw.pick([-1n, 0n, -(2n ** 63n) + 2n, 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 40n)]);
    return picked < 0n && !canBeNegative ? 0n : picked;
  }
  return BigInt((since ?? 0) + draw.int(1, 6)) * 1000n;
}

/** What a USING may have. */
interface Using {
  readonly timed: boolean;
  readonly canBeNegative?: boolean;
  readonly withTtl?: boolean;
}

/** What a deletion takes away. */
type Deleted = 'cells' | 'row' | 'range' | 'partition';

/**
 * Whether such a deletion can have a negative timestamp. In oa and da Cassandra writes those of a partition, and those of a range that
 * is open where a block of the row index ends, by eight bytes whose first bit says "no deletion" to its readers.
 */
function deletesBeforeEpoch({ version, isBig, statics, regulars }: RandomTable, deleted: Deleted): boolean {
  if (version === 'nb' || deleted === 'cells' || deleted === 'row') return true;
  return deleted === 'range' && !isBig && statics.length + regulars.length < 20;
}

function using(table: Written, draw: Draw, { timed, canBeNegative = true, withTtl = false }: Using): string {
  const parts: string[] = [];
  if (timed) parts.push(`TIMESTAMP ${timestamp(table, draw, canBeNegative)}`);
  if (withTtl && draw.chance(25))
    parts.push(`TTL ${draw.pick([0, 1, 30, 30, 90, 91, 5000, 100_000_000, table.ttlMax ?? 400_000_000])}`);
  return parts.length === 0 ? '' : ` USING ${parts.join(' AND ')}`;
}

function insert(table: Written, draw: Draw, timed: boolean): string {
  const { partitionKey, clustering, statics, regulars } = table;
  const staticOnly = statics.length > 0 && draw.chance(15);
  const keys = staticOnly ? partitionKey : [...partitionKey, ...clustering];
  const columns = staticOnly ? some(statics, draw, 1) : [...some(statics, draw), ...some(regulars, draw)];
  const entries = [
    ...keys.map((column): [string, string] => [column.name, draw.pick(column.values)]),
    ...columns.map(({ name, type }): [string, string] => [
      name,
      literalOrNull(type, draw, { outermost: true, isBig: table.isBig }),
    ]),
  ];
  const into = `${table.name} (${entries.map(([name]) => name).join(', ')})`;
  return `INSERT INTO ${into} VALUES (${entries.map(([, value]) => value).join(', ')})${using(table, draw, { timed, withTtl: true })}`;
}

/** Null where the table has nothing that could be set. */
function update(table: Written, draw: Draw, timed: boolean): string | null {
  const { statics, regulars } = table;
  const staticOnly = statics.length > 0 && (regulars.length === 0 || draw.chance(25));
  const able = staticOnly ? statics : regulars;
  if (able.length === 0) return null;
  const chosen = [...some(able, draw, 1), ...(staticOnly ? [] : some(statics, draw))];
  const where = [...keysWhere(table.partitionKey, draw), ...(staticOnly ? [] : keysWhere(table.clustering, draw))];
  const set = chosen.map((column) => assignment(column, draw, table.isBig)).join(', ');
  return `UPDATE ${table.name}${using(table, draw, { timed, withTtl: true })} SET ${set} WHERE ${where.join(' AND ')}`;
}

/** Some of the columns: of very many also few, or nearly all, for their subsets are written in other ways. */
function some(columns: readonly RandomColumn[], draw: Draw, min = 0): RandomColumn[] {
  if (columns.length < 40 || draw.chance(33)) return draw.some(columns, min);
  const percent = draw.pick([3, 95]);
  const chosen = columns.filter(() => draw.chance(percent));
  return chosen.length < min ? [draw.pick(columns)] : chosen;
}

function assignment({ name, type }: RandomColumn, draw: Draw, isBig: boolean): string {
  if (isMultiCell(type) && draw.chance(70)) {
    if (type.kind === 'set')
      return `${name} = ${name} ${draw.pick(['+', '-'])} {${distinctLiterals(type.element, draw, 0, 2).join(', ')}}`;
    if (type.kind === 'map') {
      const key = () => literalOf(type.key, draw);
      switch (draw.int(0, 2)) {
        case 0:
          return `${name}[${key()}] = ${literalOrNull(type.value, draw)}`;
        case 1:
          return `${name} = ${name} - {${distinctLiterals(type.key, draw, 0, 2).join(', ')}}`;
        default:
          return `${name} = ${name} + ${mapLiteral(type, draw, 0, 2)}`;
      }
    }
    if (type.kind === 'list') {
      const elements = literalOf(type, draw);
      return draw.pick([`${name} = ${name} + ${elements}`, `${name} = ${elements} + ${name}`, `${name} = ${name} - ${elements}`]);
    }
    if (type.kind === 'udt') {
      const field = draw.pick(type.fields);
      return `${name}.${field.name} = ${literalOrNull(field.type, draw)}`;
    }
  }
  return `${name} = ${literalOrNull(type, draw, { outermost: true, isBig })}`;
}

function keysWhere(columns: readonly RandomKeyColumn[], draw: Draw): string[] {
  return columns.map(({ name, values }, index) =>
    index === columns.length - 1 && draw.chance(5)
      ? `${name} IN (${draw.some(values, 1).join(', ')})`
      : `${name} = ${draw.pick(values)}`,
  );
}

function remove(table: Written, draw: Draw, timed: boolean): string {
  const { clustering, statics, regulars } = table;
  const partition = keysWhere(table.partitionKey, draw);
  const from = (columns: readonly RandomColumn[], deleted: Deleted, where: readonly string[]) => {
    const what = columns.map((column) => ` ${part(column, draw)}`).join(',');
    const attributes = using(table, draw, { timed, canBeNegative: deletesBeforeEpoch(table, deleted) });
    return `DELETE${what} FROM ${table.name}${attributes} WHERE ${where.join(' AND ')}`;
  };
  // Without clustering columns a row is a partition.
  const row = clustering.length === 0 ? 'partition' : 'row';
  const range = clustering.length === 0 ? 'partition' : 'range';
  switch (draw.int(0, 5)) {
    case 0:
      return from([], 'partition', partition);
    case 1:
      if (statics.length > 0) return from(some(statics, draw, 1), 'cells', partition);
      break;
    case 2:
      if (regulars.length > 0) {
        return from(some(regulars, draw, 1), 'cells', [...partition, ...keysWhere(clustering, draw)]);
      }
      break;
    case 3:
      return from([], row, [...partition, ...keysWhere(clustering, draw)]);
    default:
      break;
  }
  return from([], range, [...partition, ...slice(clustering, draw)]);
}

/** A column, or an element of it where it has some. */
function part({ name, type }: RandomColumn, draw: Draw): string {
  if (isMultiCell(type) && draw.chance(60)) {
    if (type.kind === 'map') return `${name}[${literalOf(type.key, draw)}]`;
    if (type.kind === 'set') return `${name}[${literalOf(type.element, draw)}]`;
    if (type.kind === 'udt') return `${name}.${draw.pick(type.fields).name}`;
  }
  return name;
}

/** A slice: the first columns equal, then bounds on the next one or on several together; a prefix without bounds is one too. */
function slice(clustering: readonly RandomKeyColumn[], draw: Draw): string[] {
  if (clustering.length === 0) return [];
  const equal = draw.int(0, clustering.length - 1);
  const where = clustering.slice(0, equal).map(({ name, values }) => `${name} = ${draw.pick(values)}`);
  const rest = clustering.slice(equal);
  const several = rest.length > 1 && draw.chance(30);
  const bound = (operators: readonly string[]) => {
    const operator = draw.pick(operators);
    if (!several) return `${rest[0].name} ${operator} ${draw.pick(rest[0].values)}`;
    const some = rest.slice(0, draw.int(1, rest.length));
    const values = some.map(({ values }) => draw.pick(values)).join(', ');
    return `(${some.map(({ name }) => name).join(', ')}) ${operator} (${values})`;
  };
  const kind = draw.int(0, 3);
  if (kind !== 1) where.push(bound(['>', '>=']));
  if (kind !== 2) where.push(bound(['<', '<=']));
  return where;
}

import type { Draw } from '../../arbitrary/draw.ts';
import { distinctLiterals, literalOf, mapLiteral } from '../../arbitrary/random-literal.ts';
import { isMultiCell, isMultiCellList } from '../../arbitrary/random-type.ts';
import { drawCounting } from './counter-modifications.ts';
import { inserted } from './inserts.ts';
import { boundValue, columnValue, keyValue, numberValue, typeValue } from './statement-text.ts';
import { type ColumnKind, columnsOf, type ModelColumn, type ModelTable } from './table-model.ts';

/** What random modifications know beside the table. */
export interface WriteContext {
  readonly draw: Draw;
  /** Whether rows may expire: INSERT has TTL. */
  readonly rowsExpire: boolean;
  /** The next timestamp where timestamps only grow; null where they are of any order. */
  readonly growing: (() => bigint) | null;
}

/** How a modification may be made. */
interface Manner {
  /** With a timestamp of its own. */
  readonly timed: boolean;
  /** With IF. */
  readonly conditional: boolean;
  /**
   * Together with a statement with IF: elements that it adds to a list are ordered by its timestamp, and those of others by a clock, which
   * stands here.
   */
  readonly amongConditional: boolean;
}

/** INSERT, UPDATE, DELETE or BATCH. */
export function drawModification(tables: readonly ModelTable[], context: WriteContext): string {
  const { draw } = context;
  const table = draw.pick(tables);
  if (table.counts) return drawCounting(table, draw);
  if (draw.chance(8)) return batch(tables, context);
  return single(table, { timed: true, ...alone(draw.chance(8)) }, context);
}

function alone(conditional: boolean): Pick<Manner, 'conditional' | 'amongConditional'> {
  return { conditional, amongConditional: conditional };
}

/** Columns that may be written. */
function writable(table: ModelTable, { amongConditional }: Manner, ...kinds: readonly ColumnKind[]): ModelColumn[] {
  const all = columnsOf(table, ...kinds);
  return amongConditional ? all.filter(({ type }) => type.kind !== 'list' || !isMultiCell(type)) : all;
}

function single(table: ModelTable, manner: Manner, context: WriteContext): string {
  switch (context.draw.int(0, 9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return insert(table, manner, context);
    case 4:
    case 5:
    case 6:
      return update(table, manner, context) ?? insert(table, manner, context);
    default:
      return remove(table, manner, context);
  }
}

function batch(tables: readonly ModelTable[], context: WriteContext): string {
  const { draw } = context;
  const conditional = draw.chance(15);
  const timed = !conditional && draw.chance(50);
  const one = draw.pick(tables);
  const inside = draw.list(1, 4, () => {
    const table = conditional ? one : draw.pick(tables);
    return single(table, { timed, conditional: conditional && draw.chance(60), amongConditional: conditional }, context);
  });
  const using = timed || conditional || draw.chance(30) ? '' : ` USING TIMESTAMP ${timestamp(context)}`;
  return `BEGIN ${draw.pick(['', 'UNLOGGED ', ''])}BATCH${using} ${inside.map((text) => `${text};`).join(' ')} APPLY BATCH`;
}

/** Microseconds: few different ones, so that there are ties; now and then an end of the range. */
function timestamp({ draw, growing }: WriteContext): bigint {
  if (growing !== null) return growing();
  if (draw.chance(3)) return draw.pick([-1n, 0n, -(2n ** 63n) + 2n, 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 40n)]);
  return BigInt(draw.int(1, 6)) * 1000n;
}

function using({ timed, conditional }: Manner, context: WriteContext, withTtl: boolean): string {
  const { draw } = context;
  const parts: string[] = [];
  if (timed && (!conditional || draw.chance(2)) && (context.growing !== null || draw.chance(90)))
    parts.push(`TIMESTAMP ${numberValue(timestamp(context), 8, draw)}`);
  if (withTtl && draw.chance(25))
    parts.push(`TTL ${numberValue(draw.pick([0n, 1n, 5n, 30n, 30n, 90n, 5000n, 100_000_000n]), 4, draw)}`);
  return parts.length === 0 ? '' : ` USING ${draw.chance(50) ? parts.join(' AND ') : parts.toReversed().join(' AND ')}`;
}

function insert(table: ModelTable, manner: Manner, context: WriteContext): string {
  const { draw } = context;
  const statics = writable(table, manner, 'static');
  const staticOnly = statics.length > 0 && draw.chance(12);
  const keys = columnsOf(table, 'partition', ...(staticOnly ? [] : (['clustering'] as const)));
  const columns = staticOnly ? draw.some(statics, 1) : draw.some(writable(table, manner, 'static', 'regular'));
  const condition = manner.conditional ? ' IF NOT EXISTS' : '';
  return `INSERT INTO ${table.name}${inserted(keys, columns, draw)}${condition}${using(manner, context, context.rowsExpire)}`;
}

/** Null where the table has nothing that could be set. */
function update(table: ModelTable, manner: Manner, context: WriteContext): string | null {
  const { draw } = context;
  const [statics, regulars] = [writable(table, manner, 'static'), writable(table, manner, 'regular')];
  const staticOnly = statics.length > 0 && (regulars.length === 0 || draw.chance(20));
  const able = staticOnly ? statics : regulars;
  if (able.length === 0) return null;
  const chosen = [...draw.some(able, 1).slice(0, 4), ...(staticOnly || draw.chance(80) ? [] : draw.some(statics))];
  const set = chosen.map((column) => assignment(column, draw)).join(', ');
  const where = [
    // And of several static lists that are read first it finds one.
    ...keysWhere(columnsOf(table, 'partition'), draw, !chosen.some(isStaticList)),
    // For each of several rows Cassandra adds the elements of a static list anew.
    ...(staticOnly ? [] : keysWhere(columnsOf(table, 'clustering'), draw, !chosen.some(({ kind }) => kind === 'static'))),
  ];
  return `UPDATE ${table.name}${using(manner, context, true)} SET ${set} WHERE ${where.join(' AND ')}${condition(table, manner, draw)}`;
}

function assignment(column: ModelColumn, draw: Draw): string {
  const { name, type } = column;
  if (isMultiCell(type) && draw.chance(70)) {
    switch (type.kind) {
      case 'set':
        return `${name} = ${name} ${draw.pick(['+', '-'])} {${distinctLiterals(type.element, draw, 0, 2).join(', ')}}`;
      case 'list': {
        const some = `[${draw.list(0, 3, () => literalOf(type.element, draw)).join(', ')}]`;
        return draw.pick([
          `${name} = ${name} + ${some}`,
          `${name} = ${some} + ${name}`,
          `${name} = ${name} - ${some}`,
          `${name}[${draw.int(0, 2)}] = ${draw.chance(20) ? 'null' : typeValue(type.element, draw)}`,
          `${name} += ${some}`,
        ]);
      }
      case 'map':
        return draw.pick([
          `${name}[${typeValue(type.key, draw)}] = ${draw.chance(20) ? 'null' : typeValue(type.value, draw)}`,
          `${name} = ${name} - {${distinctLiterals(type.key, draw, 0, 2).join(', ')}}`,
          `${name} = ${name} + ${mapLiteral(type, draw, 0, 2)}`,
        ]);
      case 'udt': {
        const field = draw.pick(type.fields);
        return `${name}.${field.name} = ${draw.chance(20) ? 'null' : typeValue(field.type, draw)}`;
      }
      default:
        break;
    }
  }
  return `${name} = ${draw.chance(12) ? 'null' : columnValue(column, draw)}`;
}

function isStaticList({ kind, type }: ModelColumn): boolean {
  return kind === 'static' && isMultiCellList(type);
}

function keysWhere(columns: readonly ModelColumn[], draw: Draw, severals = true): string[] {
  return columns.map((column, index) =>
    severals && index === columns.length - 1 && draw.chance(5)
      ? `${column.name} IN (${draw.some(column.pool, 1).join(', ')})`
      : `${column.name} = ${keyValue(column, draw)}`,
  );
}

function condition(table: ModelTable, { conditional }: Manner, draw: Draw): string {
  if (!conditional) return '';
  const able = columnsOf(table, 'static', 'regular');
  if (able.length === 0 || draw.chance(30)) return ' IF EXISTS';
  const tests = draw.list(1, 2, () => {
    const column = draw.pick(able);
    const { name, type } = column;
    if (draw.chance(20)) return `${name} IN (${draw.list(0, 3, () => columnValue(column, draw)).join(', ')})`;
    const operator = draw.pick(['=', '=', '=', '!=', '<', '>=']);
    if (type.kind === 'map' && draw.chance(40))
      return `${name}[${literalOf(type.key, draw)}] ${operator} ${literalOf(type.value, draw)}`;
    if (type.kind === 'list' && draw.chance(40)) return `${name}[${draw.int(0, 2)}] ${operator} ${literalOf(type.element, draw)}`;
    if (type.kind === 'udt' && draw.chance(40)) {
      const field = draw.pick(type.fields);
      return `${name}.${field.name} ${operator} ${literalOf(field.type, draw)}`;
    }
    // Which of several tests is made first is not told, and an unset value, a null or an empty collection is refused by slices only when they are made.
    const isNull = draw.chance(20) && operator.endsWith('=') && operator !== '>=';
    const value = isNull ? 'null' : boundValue(column, draw);
    const isRefused = /^[{[]\s*[}\]]$/.test(value) && !['=', '!='].includes(operator);
    return `${name} ${isRefused ? '=' : operator} ${value}`;
  });
  return ` IF ${tests.join(' AND ')}`;
}

function remove(table: ModelTable, manner: Manner, context: WriteContext): string {
  const { draw } = context;
  const partition = keysWhere(columnsOf(table, 'partition'), draw);
  const clustering = columnsOf(table, 'clustering');
  const rows = keysWhere(clustering, draw);
  const from = (what: string, where: readonly string[]): string =>
    `DELETE${what} FROM ${table.name}${using(manner, context, false)} WHERE ${where.join(' AND ')}${condition(table, manner, draw)}`;
  const [statics, regulars] = [columnsOf(table, 'static'), columnsOf(table, 'regular')];
  const parts = (able: readonly ModelColumn[]): string => ` ${able.map((column) => part(column, draw)).join(', ')}`;
  const removeStatics = (some: readonly ModelColumn[]): string =>
    from(parts(some), some.some(isStaticList) ? keysWhere(columnsOf(table, 'partition'), draw, false) : partition);
  switch (draw.int(0, 5)) {
    case 0:
      return from('', partition);
    case 1:
      return statics.length > 0 ? removeStatics(draw.some(statics, 1)) : from('', [...partition, ...rows]);
    case 2:
      return regulars.length > 0
        ? from(parts(draw.some(regulars, 1)), [...partition, ...rows])
        : from('', [...partition, ...rows]);
    case 3:
      return from('', [...partition, ...rows]);
    default:
      return from('', [...partition, ...range(clustering, draw)]);
  }
}

/** A column, or an element of it where it has some. */
function part({ name, type }: ModelColumn, draw: Draw): string {
  if (isMultiCell(type) && draw.chance(60)) {
    if (type.kind === 'map') return `${name}[${literalOf(type.key, draw)}]`;
    if (type.kind === 'set') return `${name}[${literalOf(type.element, draw)}]`;
    if (type.kind === 'list') return `${name}[${draw.int(0, 2)}]`;
    if (type.kind === 'udt') return `${name}.${draw.pick(type.fields).name}`;
  }
  return name;
}

/** A slice: the first columns equal, then bounds on the next one or on several together; a prefix without bounds is one too. */
function range(clustering: readonly ModelColumn[], draw: Draw): string[] {
  if (clustering.length === 0) return [];
  const equal = draw.int(0, clustering.length - 1);
  const where = clustering.slice(0, equal).map((column) => `${column.name} = ${keyValue(column, draw)}`);
  return [...where, ...slice(clustering.slice(equal), draw)];
}

/** One or two bounds on the first of some clustering columns, or on several of them together. */
export function slice(rest: readonly ModelColumn[], draw: Draw, value = boundValue): string[] {
  const several = rest.length > 1 && draw.chance(30);
  const bound = (operators: readonly string[]): string => {
    const operator = draw.pick(operators);
    if (!several) return `${rest[0].name} ${operator} ${value(rest[0], draw)}`;
    const some = rest.slice(0, draw.int(1, rest.length));
    return `(${some.map(({ name }) => name).join(', ')}) ${operator} (${some.map((column) => boundValue(column, draw)).join(', ')})`;
  };
  const kind = draw.int(0, 3);
  return [...(kind === 1 ? [] : [bound(['>', '>='])]), ...(kind === 2 ? [] : [bound(['<', '<='])])];
}

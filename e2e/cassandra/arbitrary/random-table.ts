import type { SSTableVersion } from '../judge.ts';
import type { Draw } from './draw.ts';
import { literalOf } from './random-literal.ts';
import { drawOptions } from './random-options.ts';
import { cqlOf, isMultiCellList, type RandomType, TypeMaker } from './random-type.ts';

/** A column, its name as CQL writes it. */
export interface RandomColumn {
  readonly name: string;
  readonly type: RandomType;
}

/** A column of the key: few different values, so that statements meet. */
export interface RandomKeyColumn extends RandomColumn {
  readonly values: readonly string[];
}

/** A table. */
export interface RandomTable {
  readonly name: string;
  /** CREATE TYPE and CREATE TABLE, each with its semicolon. */
  readonly schemaCql: string;
  readonly partitionKey: readonly RandomKeyColumn[];
  readonly clustering: readonly RandomKeyColumn[];
  readonly statics: readonly RandomColumn[];
  readonly regulars: readonly RandomColumn[];
  /** Columns that it does not have at first, for ALTER TABLE … ADD. */
  readonly spare: { readonly statics: readonly RandomColumn[]; readonly regulars: readonly RandomColumn[] };
  /** Whether it has blobs of kilobytes. */
  readonly isBig: boolean;
  /** What its SSTables are written in. */
  readonly version: SSTableVersion;
}

/** What kinds of tables are drawn. */
export interface TableKinds {
  /** Lists that are not frozen, too: their cell paths are time UUIDs that each server makes up. */
  readonly withLists: boolean;
}

const oddKeyNames = ['"Pk %"', '"key "', '"ключ"'];
const names = ['a', 'b', 'z', 'v', '"Zz"', '"aA"', '"a b"', 'value_1', 'm', 'q0', '"0"', '"select"', '"""q"""', '"aé日"'];
const outsideAscii = ['"é"', '"日本"', '"𝄞"', '"ÿ z"'];
const longName = `l${'o'.repeat(150)}ng`;

/** A table of that name: any types, orders and options. */
export function drawTable(name: string, draw: Draw, version: SSTableVersion, kinds: TableKinds): RandomTable {
  const types = new TypeMaker(draw, name);
  const withLists = kinds.withLists && draw.chance(25);
  const { partitionKey, clustering } = drawKeys(types, draw);
  const column = (columnName: string): RandomColumn => {
    // Cassandra takes a multi-cell column whose name begins outside of ASCII for a simple one, and fails to read what it wrote.
    const isOutside = outsideAscii.includes(columnName);
    return { name: columnName, type: isOutside ? types.cell() : types.column(withLists) };
  };
  const free = shuffled(
    [...draw.some(names, 5), ...draw.some(outsideAscii).slice(0, 2), ...(draw.chance(5) ? [longName] : [])],
    draw,
  );
  const spareCount = draw.int(0, 3);
  const spare = { statics: [] as RandomColumn[], regulars: [] as RandomColumn[] };
  for (const columnName of free.splice(0, spareCount)) {
    const isStatic = clustering.length > 0 && draw.chance(30);
    (isStatic ? spare.statics : spare.regulars).push(column(columnName));
  }
  const split = draw.int(0, free.length - 1);
  const hasStatics = clustering.length > 0 && draw.chance(60);
  const statics = hasStatics ? free.slice(split, split + 3).map(column) : [];
  const isBig = draw.chance(10);
  const big: RandomColumn[] = isBig ? [{ name: 'big', type: { kind: 'native', name: 'blob' } }] : [];
  // The columns of a row are told by a bit map up to 63, by their numbers from 64 on.
  const many = draw.chance(6) ? draw.list(55, 80, (i) => ({ name: `c${i}`, type: types.native(false) })) : [];
  const manyStatic = hasStatics && many.length > 0 && draw.chance(30);
  const regulars = [...free.slice(0, split).map(column), ...big, ...(manyStatic ? [] : many)];
  if (manyStatic) statics.push(...many);
  const define = (all: readonly RandomColumn[], suffix = '') => all.map(({ name: n, type }) => `${n} ${cqlOf(type)}${suffix}`);
  const columns = [...define(partitionKey), ...define(clustering), ...define(statics, ' static'), ...define(regulars)];
  const key = [`(${partitionKey.map((c) => c.name).join(', ')})`, ...clustering.map((c) => c.name)].join(', ');
  const schemaCql = `${createTypes(types)}CREATE TABLE ${name} (${columns.join(', ')}, PRIMARY KEY (${key}))${drawOptions(clustering, draw)};\n`;
  return { name, schemaCql, partitionKey, clustering, statics, regulars, spare, isBig, version };
}

/** The columns of a key, with few values each. */
export function drawKeys(
  types: TypeMaker,
  draw: Draw,
): { readonly partitionKey: readonly RandomKeyColumn[]; readonly clustering: readonly RandomKeyColumn[] } {
  const keySize = draw.chance(70) ? 1 : draw.int(2, 3);
  const numbered = (prefix: string, n: number) =>
    draw.chance(80) ? `${prefix}${n}` : draw.pick(oddKeyNames).replace(/"$/, `${prefix}${n}"`);
  const partitionKey = Array.from({ length: keySize }, (_, i) => {
    return keyColumn(numbered('pk', i), types.key(), draw, { isPartitionKey: true, nonEmpty: keySize === 1 });
  });
  const clustering = draw.chance(12)
    ? []
    : draw.list(1, 3, (i) => keyColumn(numbered('ck', i), types.key(), draw, { isPartitionKey: false, nonEmpty: false }));
  return { partitionKey, clustering };
}

/** CREATE TYPE of all that a table needs. */
export function createTypes(types: TypeMaker): string {
  return types.userTypes
    .map((type) => `CREATE TYPE ${type.name} (${type.fields.map((f) => `${f.name} ${cqlOf(f.type)}`).join(', ')});\n`)
    .join('');
}

/** Whether cell paths that each server makes up can be in its SSTables. */
export function hasLists({ statics, regulars, spare }: RandomTable): boolean {
  return [...statics, ...regulars, ...spare.statics, ...spare.regulars].some(({ type }) => isMultiCellList(type));
}

function shuffled<T>(items: readonly T[], draw: Draw): T[] {
  const left = [...items];
  return items.map(() => left.splice(draw.int(0, left.length - 1), 1)[0]);
}

function keyColumn(
  name: string,
  type: RandomType,
  draw: Draw,
  { isPartitionKey, nonEmpty }: { readonly isPartitionKey: boolean; readonly nonEmpty: boolean },
): RandomKeyColumn {
  const place = { nonEmpty: nonEmpty || type.kind === 'map', outermost: !isPartitionKey };
  // Of clusterings that are equal in order but not in bytes (1.0 and 1.00) either may be shown once SSTables are merged: Cassandra
  // leaves it to the order in which it reads them.
  const isTold = isPartitionKey || !JSON.stringify(type).includes('"decimal"');
  return { name, type, values: draw.list(isTold ? 2 : 1, isTold ? 4 : 1, () => literalOf(type, draw, place)) };
}

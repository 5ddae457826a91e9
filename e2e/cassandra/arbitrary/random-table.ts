import type { SSTableVersion } from '../judge.ts';
import type { Draw } from './draw.ts';
import { literalOf } from './random-literal.ts';
import { cqlOf, type RandomType, TypeMaker } from './random-type.ts';

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
  /** Whether it has blobs of kilobytes. */
  readonly isBig: boolean;
  /** What its SSTables are written in. */
  readonly version: SSTableVersion;
}

const outsideAscii = '"é"';
const names = ['a', 'b', 'z', 'v', '"Zz"', '"aA"', '"a b"', 'value_1', outsideAscii, 'm', 'q0', '"0"'];

/** A table of that name: any types, orders and options. */
export function drawTable(name: string, draw: Draw, version: SSTableVersion): RandomTable {
  const types = new TypeMaker(draw, name);
  const keySize = draw.chance(70) ? 1 : draw.int(2, 3);
  const partitionKey = Array.from({ length: keySize }, (_, i) => keyColumn(`pk${i}`, types.key(), draw, keySize === 1));
  const clustering = draw.chance(12) ? [] : draw.list(1, 3, (i) => keyColumn(`ck${i}`, types.key(), draw, false));
  const free = draw.some(names, 4);
  const split = draw.int(0, free.length - 1);
  const hasStatics = clustering.length > 0 && draw.chance(60);
  const column = (columnName: string): RandomColumn => {
    // Cassandra takes a multi-cell column whose name begins outside of ASCII for a simple one, and fails to read what it wrote.
    return { name: columnName, type: columnName === outsideAscii ? types.native(false) : types.column() };
  };
  const statics = hasStatics ? free.slice(split, split + 3).map(column) : [];
  const isBig = draw.chance(10);
  const big: RandomColumn[] = isBig ? [{ name: 'big', type: { kind: 'native', name: 'blob' } }] : [];
  const regulars = [...free.slice(0, split).map(column), ...big];
  const define = (all: readonly RandomColumn[], suffix = '') => all.map(({ name: n, type }) => `${n} ${cqlOf(type)}${suffix}`);
  const columns = [...define(partitionKey), ...define(clustering), ...define(statics, ' static'), ...define(regulars)];
  const key = [`(${partitionKey.map((c) => c.name).join(', ')})`, ...clustering.map((c) => c.name)].join(', ');
  const userTypes = types.userTypes.map(
    (type) => `CREATE TYPE ${type.name} (${type.fields.map((f) => `${f.name} ${cqlOf(f.type)}`).join(', ')});\n`,
  );
  const schemaCql = `${userTypes.join('')}CREATE TABLE ${name} (${columns.join(', ')}, PRIMARY KEY (${key}))${options(clustering, draw)};\n`;
  return { name, schemaCql, partitionKey, clustering, statics, regulars, isBig, version };
}

function keyColumn(name: string, type: RandomType, draw: Draw, nonEmpty: boolean): RandomKeyColumn {
  const outermost = !name.startsWith('pk');
  const place = { nonEmpty: nonEmpty || type.kind === 'map', outermost };
  // Of clusterings that are equal in order but not in bytes (1.0 and 1.00) either may be shown once SSTables are merged: Cassandra
  // leaves it to the order in which it reads them.
  const isTold = name.startsWith('pk') || !JSON.stringify(type).includes('"decimal"');
  return { name, type, values: draw.list(isTold ? 2 : 1, isTold ? 4 : 1, () => literalOf(type, draw, place)) };
}

function options(clustering: readonly RandomColumn[], draw: Draw): string {
  const chosen: string[] = [];
  if (clustering.length > 0 && draw.chance(50)) {
    chosen.push(`CLUSTERING ORDER BY (${clustering.map(({ name }) => `${name} ${draw.pick(['ASC', 'DESC'])}`).join(', ')})`);
  }
  if (draw.chance(50)) {
    chosen.push(`compression = ${draw.pick(["{'enabled': false}", "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}"])}`);
  }
  if (draw.chance(10)) chosen.push(`default_time_to_live = ${draw.pick([40, 5000])}`);
  if (draw.chance(10)) chosen.push(`bloom_filter_fp_chance = ${draw.pick([0.001, 0.1, 1])}`);
  return chosen.length === 0 ? '' : ` WITH ${chosen.join(' AND ')}`;
}

import type { ScriptStep } from '../cql-script.ts';
import type { Draw } from './draw.ts';
import { drawOptions } from './random-options.ts';
import { clockFrom } from './random-statements.ts';
import { createTypes, drawKeys, type RandomKeyColumn } from './random-table.ts';
import { cqlOf, TypeMaker } from './random-type.ts';

/** A table of counters, and what is counted in it. */
export function drawCounters(
  name: string,
  draw: Draw,
  statementsMax: number,
): { readonly schemaCql: string; readonly steps: ScriptStep[] } {
  const types = new TypeMaker(draw, name);
  const { partitionKey, clustering } = drawKeys(types, draw);
  const counters = ['c', 'd', '"Ünits"', 'z9'].slice(0, draw.int(1, 4));
  const statics = clustering.length > 0 && draw.chance(50) ? ['s', '"é"'].slice(0, draw.int(1, 2)) : [];
  const columns = [
    ...[...partitionKey, ...clustering].map((column) => `${column.name} ${cqlOf(column.type)}`),
    ...statics.map((column) => `${column} counter static`),
    ...counters.map((column) => `${column} counter`),
  ];
  const key = [`(${partitionKey.map((c) => c.name).join(', ')})`, ...clustering.map((c) => c.name)].join(', ');
  const options = drawOptions(clustering, draw, true);
  const schemaCql = `${createTypes(types)}CREATE TABLE ${name} (${columns.join(', ')}, PRIMARY KEY (${key}))${options};\n`;
  const where = (keys: readonly RandomKeyColumn[]) => keys.map((k) => `${k.name} = ${draw.pick(k.values)}`).join(' AND ');
  const statement = (): string => {
    const isStatic = statics.length > 0 && draw.chance(25);
    const place = where(isStatic ? partitionKey : [...partitionKey, ...clustering]);
    const among = isStatic ? statics : counters;
    if (draw.chance(8))
      return `DELETE FROM ${name} WHERE ${where(draw.chance(50) ? partitionKey : [...partitionKey, ...clustering])}`;
    if (draw.chance(8)) return `DELETE ${draw.pick(among)} FROM ${name} WHERE ${place}`;
    const set = draw.some(among, 1).map((column) => {
      const by = draw.pick([1n, 2n, 100n, 0n, 2n ** 62n, draw.bigint(-(2n ** 40n), 2n ** 40n)]);
      return `${column} = ${column} ${draw.pick(['+', '-'])} ${by}`;
    });
    return `UPDATE ${name} SET ${set.join(', ')} WHERE ${place}`;
  };
  const steps: ScriptStep[] = [{ clock: clockFrom }];
  for (let n = draw.int(3, statementsMax); n > 0; n--) {
    if (draw.chance(10)) steps.push({ flush: name });
    const isBatch = draw.chance(15);
    const update = () => {
      for (;;) {
        const cql = statement();
        if (cql.startsWith('UPDATE')) return cql;
      }
    };
    steps.push({
      cql: isBatch ? `BEGIN COUNTER BATCH ${draw.list(2, 3, () => `${update()};`).join(' ')} APPLY BATCH` : statement(),
    });
  }
  return { schemaCql, steps };
}

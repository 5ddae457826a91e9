import type { Draw } from '../../arbitrary/draw.ts';
import { createTable, type ModelTable } from './table-model.ts';

/** The table dropped and made anew: nothing of what it held is there any more, in memory or in files. */
export function madeAnew(table: ModelTable): string[] {
  table.dropped.length = 0;
  return [`DROP TABLE ${table.name}`, createTable(table)];
}

/** Keyspaces, types and tables beside those of the script, made, changed and dropped in any order, and rows in them. */
export function drawOtherDefinition(draw: Draw): string {
  const ifNot = draw.chance(40) ? 'IF NOT EXISTS ' : '';
  const ifThere = draw.chance(40) ? 'IF EXISTS ' : '';
  const space = draw.pick(['', 'k.', 'k2.', '"K3".']);
  const [table, type] = [`${space}${draw.pick(['x0', 'x1'])}`, `${space}${draw.pick(['y0', 'y1', '"Y"'])}`];
  const columns = draw.pick([
    'k int PRIMARY KEY, v int',
    'k text, c int, s int static, v text, PRIMARY KEY (k, c)',
    'k int, c timeuuid, v list<int>, PRIMARY KEY (k, c)',
    `k int PRIMARY KEY, v frozen<${type.split('.').at(-1)}>, v2 int`,
    'a int, b int, k int, v int, PRIMARY KEY ((a, b), k)',
  ]);
  const options = draw.pick(['', '', " WITH comment = 'x'", ' WITH gc_grace_seconds = 7 AND default_time_to_live = 100']);
  const keyspace = draw.pick(['k2', '"K3"']);
  const replication = "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";
  switch (draw.int(0, 15)) {
    case 0:
    case 1:
      return `CREATE KEYSPACE ${ifNot}${keyspace} ${replication}${draw.pick(['', ' AND durable_writes = false'])}`;
    case 2:
      return `DROP KEYSPACE ${ifThere}${keyspace}`;
    case 3:
      return `ALTER KEYSPACE ${ifThere}${keyspace} ${draw.pick([replication, 'WITH durable_writes = true'])}`;
    case 4:
    case 5:
      return `CREATE TABLE ${ifNot}${table} (${columns})${options}`;
    case 6:
      return `DROP TABLE ${ifThere}${table}`;
    case 7:
      return `CREATE TYPE ${ifNot}${type} (${draw.pick(['a int', 'a int, b text', '"A" list<int>', 'a frozen<y0>, c int'])})`;
    case 8:
      return `DROP TYPE ${ifThere}${type}`;
    case 9:
      return `ALTER TYPE ${ifThere}${type} ${draw.pick(['ADD a2 int', 'ADD IF NOT EXISTS b int', 'RENAME a TO a3', 'RENAME IF EXISTS a TO b', 'ADD d frozen<y1>'])}`;
    case 10:
      return `ALTER TABLE ${ifThere}${table} ${draw.pick(['ADD w int', 'ADD IF NOT EXISTS v int', 'DROP v', 'DROP IF EXISTS w', 'RENAME k TO kk', 'RENAME c TO d AND k TO c', 'ADD (w int, w2 text static)', 'DROP (v, w)'])}`;
    case 11:
      return `INSERT INTO ${table} (k, v) VALUES (${draw.int(0, 3)}, ${draw.int(0, 9)})`;
    case 12:
      return `SELECT * FROM ${table}`;
    case 13:
      return `TRUNCATE ${table}`;
    default:
      return draw.pick([
        `DESCRIBE TABLE ${table}`,
        `DESCRIBE KEYSPACE ${keyspace}`,
        `DESCRIBE TYPE ${type}`,
        `DESCRIBE ${table}`,
      ]);
  }
}

import type { Draw } from '../../arbitrary/draw.ts';
import { literalOf } from '../../arbitrary/random-literal.ts';
import { isMultiCell, type TypeMaker } from '../../arbitrary/random-type.ts';
import { madeAnew } from './other-definitions.ts';
import {
  columnNames,
  columnsOf,
  counterColumn,
  definition,
  drawColumn,
  type ModelColumn,
  type ModelSchema,
  type ModelTable,
} from './table-model.ts';

/** An ALTER of a table or of a user type, or two of them, and the table's model changed by it. */
export function drawAlteration(table: ModelTable, { types, tables, purges, rowsExpire }: ModelSchema, draw: Draw): string[] {
  const alter = `ALTER TABLE ${table.name}`;
  const [statics, regulars] = [columnsOf(table, 'static'), columnsOf(table, 'regular')];
  switch (draw.int(0, 8)) {
    case 0:
    case 1:
      return [add(table, types, draw)];
    case 2: {
      // Where a dropped multi-cell column was the only one, Cassandra fails to read rows that have cells of it.
      const able = [statics, regulars].flatMap((all) => {
        const multiCell = all.filter(({ type }) => isMultiCell(type));
        return multiCell.length === 1 ? all.filter((column) => column !== multiCell[0]) : all;
      });
      if (able.length < 2 || !able.some(isPlain)) return [add(table, types, draw)];
      const column = draw.pick(able.filter(isPlain));
      // Cells from after the drop still make a row, which Cassandra has to show with no columns: so they get their column again at once.
      // And a drop of an earlier time than the one before brings back what lies in SSTables and was not flushed since.
      if (!table.counts && draw.chance(50) && !table.dropped.some(({ name }) => name === column.name)) {
        table.dropped.push(column);
        const drop = `${alter} DROP ${column.name} USING TIMESTAMP ${draw.int(0, 7) * 1000}`;
        return [drop, adding(table, column)];
      }
      table.columns = table.columns.filter((one) => one !== column);
      table.dropped.push(column);
      return [`${alter} DROP ${column.name} USING TIMESTAMP 9223372036854775807`];
    }
    case 3: {
      const key = columnsOf(table, 'partition', 'clustering');
      const column = draw.pick(key);
      const name = `${column.name}_`;
      table.columns = table.columns.map((one) => (one === column ? { ...column, name } : one));
      return [`${alter} RENAME ${column.name} TO ${name}`];
    }
    case 4: {
      // In a vector Cassandra leaves a type as it was.
      const schema = JSON.stringify([tables, types.userTypes]);
      // Clusterings with a new field that is null, and without it, are equal in order but not in bytes.
      const keys = JSON.stringify(tables.map(({ columns }) => columns.filter(({ kind }) => kind === 'clustering')));
      const isFree = !schema.includes('"vector"') && !keys.includes('"udt"');
      const made = isFree ? types.userTypes.filter(({ fields }) => fields.length < 5) : [];
      if (made.length === 0) return [add(table, types, draw)];
      const type = draw.pick(made);
      if (draw.chance(40)) {
        // The fields' own model objects are shared by all columns of the type: the old name stays in them, so it is not renamed for good.
        return [`ALTER TYPE ${type.name} RENAME ${draw.pick(type.fields).name} TO ${draw.pick(type.fields).name}`];
      }
      return [`ALTER TYPE ${type.name} ADD g${draw.int(0, 2)} ${draw.pick(['int', 'text', 'frozen<list<int>>'])}`];
    }
    case 5:
      return [
        draw.pick([
          `${alter} WITH comment = 'it''s' AND gc_grace_seconds = ${purges ? 0 : 864000}`,
          `${alter} WITH default_time_to_live = ${rowsExpire ? draw.pick([0, 60]) : 0}`,
          `${alter} WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`,
          `${alter} WITH caching = {'keys': 'NONE'}`,
          `${alter} WITH gc_grace_seconds = -1`,
        ]),
      ];
    case 6:
      return [
        draw.pick([
          `${alter} ADD ${draw.pick(table.columns).name} int`,
          `${alter} DROP ${draw.pick(columnsOf(table, 'partition', 'clustering')).name}`,
          `${alter} DROP nothing`,
          `${alter} RENAME ${draw.pick(table.columns).name} TO pk0`,
          `${alter} ALTER ${draw.pick(table.columns).name} TYPE blob`,
          `ALTER TABLE IF EXISTS nothing ADD IF NOT EXISTS x int`,
          `${alter} DROP IF EXISTS nothing`,
        ]),
      ];
    case 7:
      return draw.chance(40) ? madeAnew(table) : addSeveral(table, types, draw);
    default:
      return [
        draw.pick([`DESCRIBE TABLE ${table.name}`, 'DESCRIBE KEYSPACE k', 'DESCRIBE TYPES', 'DESC TABLES', 'DESCRIBE SCHEMA']),
      ];
  }
}

function add(table: ModelTable, types: TypeMaker, draw: Draw): string {
  // A counter is not to be had again.
  const again = (table.counts ? [] : table.dropped)
    .filter(isPlain)
    .filter(({ name }) => !table.columns.some((column) => column.name === name));
  const kind = columnsOf(table, 'clustering').length > 0 && draw.chance(20) ? 'static' : 'regular';
  let column: ModelColumn;
  if (again.length > 0 && draw.chance(60)) {
    column = draw.pick(again);
  } else {
    const free = columnNames.filter(
      (name) => !table.columns.some((one) => one.name === name) && !table.dropped.some((one) => one.name === name),
    );
    if (free.length === 0) return `ALTER TABLE ${table.name} ADD ()`;
    // No types of their own: those were made before the tables.
    const before = types.userTypes.length;
    const name = draw.pick(free);
    column = table.counts ? counterColumn(name, kind) : drawColumn(name, kind, types, draw);
    if (types.userTypes.length > before) {
      types.userTypes.length = before;
      const type = types.native(false);
      column = { ...column, type, pool: draw.list(2, 4, () => literalOf(type, draw)) };
    }
  }
  table.columns = [...table.columns, column];
  return adding(table, column);
}

function adding(table: ModelTable, ...columns: readonly ModelColumn[]): string {
  const all = columns.map((column) => definition(table, column)).join(', ');
  return `ALTER TABLE ${table.name} ADD ${columns.length === 1 ? all : `(${all})`}`;
}

/** Two columns in one statement. */
function addSeveral(table: ModelTable, types: TypeMaker, draw: Draw): string[] {
  const before = table.columns.length;
  const single = [add(table, types, draw), add(table, types, draw)];
  const added = table.columns.slice(before);
  return added.length === 2 ? [adding(table, ...added)] : single;
}

/** Whether it has no user type: of a dropped column those are kept as tuples, which makes most of them another type. */
function isPlain({ type }: ModelColumn): boolean {
  return !JSON.stringify(type).includes('"udt"');
}

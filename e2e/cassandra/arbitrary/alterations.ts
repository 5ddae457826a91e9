import type { Draw } from './draw.ts';
import { drawCompression } from './random-options.ts';
import type { RandomColumn, RandomTable } from './random-table.ts';
import { cqlOf, isMultiCell, withTuples } from './random-type.ts';

/** Columns that are not in the table at the moment. */
interface Absent {
  readonly column: RandomColumn;
  readonly isStatic: boolean;
}

/** Milliseconds from one drop of a column to the next; statements between them have timestamps in the first six. */
const ERA = 10;
/** From here on a drop in an era is newer than the statements of it. */
const NEWER_THAN_ALL = 7;

/** Alterations of one table, and what has become of it: columns are added, dropped, and added again. */
export class Alterations {
  readonly #draw: Draw;
  readonly #absent: Absent[];
  #table: RandomTable;
  #era = 0;

  constructor(table: RandomTable, draw: Draw) {
    this.#draw = draw;
    this.#table = table;
    this.#absent = [
      ...table.spare.statics.map((column) => ({ column, isStatic: true })),
      ...table.spare.regulars.map((column) => ({ column, isStatic: false })),
    ];
  }

  /** The table as it is now. */
  get table(): RandomTable {
    return this.#table;
  }

  /**
   * Milliseconds that the timestamps of statements begin after: past every column that was dropped, for a cell that is older than the
   * drop of its column is there in a memtable, and gone when it is flushed.
   */
  get since(): number {
    return this.#era * ERA;
  }

  /** The next ALTER TABLE; null where none is to be had. */
  next(): string | null {
    const draw = this.#draw;
    if (draw.chance(10)) return `ALTER TABLE ${this.#table.name} WITH compression = ${drawCompression(draw)}`;
    return draw.chance(50) ? (this.#add() ?? this.#drop()) : (this.#drop() ?? this.#add());
  }

  #add(): string | null {
    if (this.#absent.length === 0) return null;
    const [{ column, isStatic }] = this.#absent.splice(this.#draw.int(0, this.#absent.length - 1), 1);
    const { name, statics, regulars } = this.#table;
    this.#table = isStatic
      ? { ...this.#table, statics: [...statics, column] }
      : { ...this.#table, regulars: [...regulars, column] };
    return `ALTER TABLE ${name} ADD ${column.name} ${cqlOf(column.type)}${isStatic ? ' static' : ''}`;
  }

  /** A user type that is not frozen can't be dropped. */
  #drop(): string | null {
    const draw = this.#draw;
    const able = ({ type }: RandomColumn) => !(type.kind === 'udt' && isMultiCell(type));
    const { name, statics, regulars } = this.#table;
    const isStatic = statics.some(able) && draw.chance(30);
    const among = (isStatic ? statics : regulars).filter(able);
    if (among.length === 0) return null;
    const column = draw.pick(among);
    this.#table = {
      ...this.#table,
      statics: statics.filter((one) => one !== column),
      regulars: regulars.filter((one) => one !== column),
    };
    // Of cells that are newer than the drop of their column Cassandra shows rows of nulls, and multi-cell ones end a read in a
    // NullPointerException.
    const time = draw.int(NEWER_THAN_ALL, ERA - 1);
    this.#absent.push({ column: { ...column, type: withTuples(column.type) }, isStatic });
    const droppedAt = (this.#era * ERA + time) * 1000;
    this.#era++;
    return `ALTER TABLE ${name} DROP ${column.name} USING TIMESTAMP ${droppedAt}`;
  }
}

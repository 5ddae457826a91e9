import { type Call, type Found, recordsOf } from './operations.ts';
import { type Effect, SequentialWriter, type View } from './sequential-writer.ts';

/** What a writer of schemas left. */
export interface Tables {
  /** How many operations were carried out. */
  count: number;
  readonly tables: Map<string, { columns: string[]; rows: Map<number, string> }>;
}

const steps = 8;

/** Makes tables, fills, alters, truncates and drops them, over and over. */
export class SchemaWriter extends SequentialWriter<Tables> {
  /** The number of the next operation's step, which is another one than the operation's where some were never done. */
  private step = 0;

  constructor() {
    super('schema', { count: 0, tables: new Map() }, 8);
  }

  protected override resume({ count }: Tables): void {
    this.step = count;
  }

  protected operation(): { call: Call; effects: Effect<Tables>[] } {
    const step = this.step++;
    const name = `x${Math.floor(step / steps)}`;
    const table = `ks.${name}`;
    const does = (cql: string, effect: Effect<Tables['tables']>) => ({
      call: { kind: 'execute', cql } as const,
      effects: [
        (state: Tables) => {
          state.count++;
          effect(state.tables);
        },
      ],
    });
    const row = (k: number, text: string) => (all: Tables['tables']) => void all.get(name)!.rows.set(k, text);
    switch (step % steps) {
      case 0:
        return does(`CREATE TABLE ${table} (k int PRIMARY KEY, a int)`, (all) => {
          all.set(name, { columns: ['a', 'k'], rows: new Map() });
        });
      case 1:
        return does(`INSERT INTO ${table} (k, a) VALUES (1, ${step})`, row(1, `${step}`));
      case 2:
        return does(`ALTER TABLE ${table} ADD b text`, (all) => void all.get(name)!.columns.splice(1, 0, 'b'));
      case 3:
        return does(`INSERT INTO ${table} (k, a, b) VALUES (2, ${step}, 'b${step}')`, row(2, `${step} b${step}`));
      case 4:
        return does(`TRUNCATE ${table}`, (all) => all.get(name)!.rows.clear());
      case 5:
        return does(`INSERT INTO ${table} (k, a, b) VALUES (3, ${step}, 'b${step}')`, row(3, `${step} b${step}`));
      case 6:
        return does(`ALTER TABLE ${table} DROP b`, (all) => {
          const { columns, rows } = all.get(name)!;
          columns.splice(columns.indexOf('b'), 1);
          for (const [k, text] of rows) rows.set(k, text.split(' ')[0]);
        });
      default:
        return does(`DROP TABLE ${table}`, (all) => void all.delete(name));
    }
  }

  protected view({ tables }: Tables): View {
    const view = new Map<string, string>();
    for (const [name, { columns, rows }] of tables) {
      view.set(name, columns.join());
      for (const [k, text] of rows) view.set(`${name}/${k}`, text);
    }
    return view;
  }

  protected seen(found: Found): View {
    const view = new Map<string, string>();
    for (const [table, { columns }] of Object.entries(found.tables)) {
      const name = /^ks\.(x\d+)$/.exec(table)?.[1];
      if (name === undefined) continue;
      view.set(name, [...columns].sort().join());
      for (const { k, a, b } of recordsOf(found, table)) view.set(`${name}/${k}`, b == null ? `${a}` : `${a} ${b}`);
    }
    return view;
  }
}

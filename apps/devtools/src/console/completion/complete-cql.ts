// What may stand where the cursor is, from the words around it and the schema.

import type { ColumnInfo, KeyspaceInfo, TableInfo } from '@cassette/client';
import { functionNames, typeNames } from '../cql-dialect.ts';
import { optionNames } from '../files/copy-options.ts';
import { quoteName } from '../quote-name.ts';
import {
  clauses,
  commandStarts,
  describeTargets,
  following,
  keyspaceOptions,
  statementStarts,
  tableOptions,
} from './known-words.ts';
import { nameOf, type Word, wordsOf } from './statement-words.ts';

/** Something that may stand at the cursor. */
export interface Offer {
  readonly label: string;
  /** What is put there, where it is not the label. */
  readonly apply?: string;
  readonly kind: 'keyword' | 'command' | 'keyspace' | 'table' | 'column' | 'field' | 'type' | 'function' | 'option';
  readonly detail?: string;
}

/** What is offered. */
export interface Offers {
  readonly offers: readonly Offer[];
  /** Where the word begins that they replace, in the statement. */
  readonly from: number;
}

/** What there is to know beside the statement. */
export interface Surroundings {
  readonly schema: readonly KeyspaceInfo[];
  /** The keyspace of names that tell none; null where nobody knows. */
  readonly keyspace: string | null;
}

/** Offers for a place in a statement. */
export function offersAt(statement: string, position: number, around: Surroundings): Offers {
  const all = wordsOf(statement);
  const current = all.find(({ start, end, type }) => start < position && position <= end && (type === 'word' || type === 'name'));
  const from = current?.start ?? position;
  const before = all.filter(({ end }) => end <= from);
  return { offers: new Place(before, all, around).offers(), from };
}

const words = (labels: readonly string[], kind: Offer['kind'] = 'keyword'): Offer[] => labels.map((label) => ({ label, kind }));

const tablesFollow = new Set(['FROM', 'INTO', 'UPDATE', 'TABLE', 'TRUNCATE', 'COPY', 'COLUMNFAMILY']);

class Place {
  private readonly before: readonly Word[];
  private readonly all: readonly Word[];
  private readonly around: Surroundings;
  private readonly first: string;
  private readonly second: string;

  constructor(before: readonly Word[], all: readonly Word[], around: Surroundings) {
    this.before = before;
    this.all = all;
    this.around = around;
    this.first = all[0]?.text.toUpperCase() ?? '';
    this.second = all[1]?.text.toUpperCase() ?? '';
  }

  /** The word so many before the cursor, in upper case if it is a keyword. */
  private at(back: number): string {
    const word = this.before[this.before.length - back];
    return word === undefined ? '' : word.type === 'word' ? word.text.toUpperCase() : word.text;
  }

  offers(): Offer[] {
    if (this.before.length === 0) return [...words(statementStarts), ...words(commandStarts, 'command')];
    const last = this.at(1);
    if (last === '.') return this.behindDot();
    if (last === 'EXISTS' && ['TABLE', 'KEYSPACE', 'TYPE'].includes(this.second)) return this.things(this.second);
    // COPY t FROM names a file, and CREATE TABLE a name that is not there yet.
    if (this.first === 'COPY' && (last === 'FROM' || last === 'TO')) return words([last === 'FROM' ? 'STDIN' : 'STDOUT']);
    if (this.first === 'DESCRIBE' || this.first === 'DESC') return this.described(last);
    if (tablesFollow.has(last) && !(this.first === 'CREATE' && this.before.length === 2)) {
      const rest =
        this.first === 'CREATE' ? [] : last === 'TRUNCATE' ? words(['TABLE']) : last === 'TABLE' ? words(['IF EXISTS']) : [];
      return [...this.tables(), ...rest];
    }
    if (last === 'USE' || (last === 'KEYSPACE' && this.first !== 'CREATE')) return this.keyspaces();
    if (last === 'TYPE' && this.first !== 'CREATE') return this.userTypes();
    const behind = following[last];
    if (behind !== undefined) return words(behind);
    return this.options(last) ?? this.types(last) ?? this.inStatement(last);
  }

  private things(kind: string): Offer[] {
    if (kind === 'TABLE') return this.tables();
    return kind === 'KEYSPACE' ? this.keyspaces() : this.userTypes();
  }

  private described(last: string): Offer[] {
    if (last === 'TABLE') return this.tables();
    if (last === 'KEYSPACE') return this.keyspaces();
    if (last === 'TYPE') return this.userTypes();
    if (last === 'FULL') return words(['SCHEMA']);
    return this.before.length > 1
      ? words(['WITH INTERNALS'])
      : [...words(describeTargets), ...this.keyspaces(), ...this.tables()];
  }

  /** Tables of a keyspace, or fields of a column that is of a user type. */
  private behindDot(): Offer[] {
    const owner = this.before[this.before.length - 2];
    if (owner === undefined) return [];
    const name = nameOf(owner);
    const keyspace = this.around.schema.find((one) => one.name === name);
    const column = this.table()?.columns.find((one) => one.name === name);
    const type = column === undefined ? undefined : this.userTypeNamed(column.type);
    return [
      ...(type?.fields.map((field): Offer => ({ ...named(field.name, 'field'), detail: field.type })) ?? []),
      ...(keyspace?.tables.map((table) => named(table.name, 'table')) ?? []),
      // After FROM and the like a type is none of what may stand there.
      ...(tablesFollow.has(this.at(3)) ? [] : (keyspace?.types.map((one) => named(one.name, 'type')) ?? [])),
    ];
  }

  private userTypeNamed(text: string) {
    const name = /^(?:frozen<)?"?([^"<>]+)"?>?$/.exec(text)?.[1];
    for (const { types } of this.around.schema) {
      const found = types.find((type) => type.name === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private keyspaces(): Offer[] {
    return this.around.schema.map(({ name }) => named(name, 'keyspace'));
  }

  /** Of the current keyspace by their names, of all others with the keyspace before it. */
  private tables(): Offer[] {
    const { schema, keyspace } = this.around;
    const offers: Offer[] = [];
    for (const { name, tables } of schema) {
      for (const table of tables) {
        const short = quoteName(table.name);
        if (name === keyspace) offers.push({ label: short, kind: 'table', detail: name });
        else offers.push({ label: `${quoteName(name)}.${short}`, kind: 'table' });
      }
    }
    return [...offers, ...this.keyspaces().map((offer) => ({ ...offer, apply: `${offer.label}.` }))];
  }

  private userTypes(): Offer[] {
    const { schema, keyspace } = this.around;
    return schema.flatMap(({ name, types }) =>
      types.map((type): Offer => {
        const short = quoteName(type.name);
        return {
          label: name === (this.table()?.keyspace ?? keyspace) ? short : `${quoteName(name)}.${short}`,
          kind: 'type',
          detail: 'user type',
        };
      }),
    );
  }

  /** Behind WITH, and behind AND where WITH is. */
  private options(last: string): Offer[] | null {
    const withAt = this.before.findLastIndex(({ type, text }) => type === 'word' && text.toUpperCase() === 'WITH');
    if (withAt < 0 || (last !== 'WITH' && last !== 'AND')) return null;
    if (this.first === 'COPY') {
      const direction = this.before.some(({ text }) => text.toUpperCase() === 'TO') ? 'to' : 'from';
      return optionNames(direction).map((label) => ({ label, apply: `${label} = `, kind: 'option' }));
    }
    if (this.first !== 'CREATE' && this.first !== 'ALTER') return null;
    const known = this.second === 'KEYSPACE' ? keyspaceOptions : tableOptions;
    return Object.entries(known).map(([label, value]) => ({
      label,
      apply: value === '()' ? `${label} (` : `${label} = ${value}`,
      kind: 'option',
      detail: value,
    }));
  }

  /** Where a type stands: behind the name of a column or field that is made, in brackets of another, behind CAST … AS. */
  private types(last: string): Offer[] | null {
    const isDefinition =
      (this.first === 'CREATE' && (this.second === 'TABLE' || this.second === 'TYPE')) ||
      (this.first === 'ALTER' && this.before.some(({ text }) => text.toUpperCase() === 'ADD'));
    const isName = this.before[this.before.length - 1]?.type === 'word' || this.before[this.before.length - 1]?.type === 'name';
    const beforeName = this.at(2);
    const isBehindName = isDefinition && isName && ['(', ',', 'ADD'].includes(beforeName) && last !== 'PRIMARY';
    const isInner = isDefinition && (last === '<' || (last === ',' && this.depth('<', '>') > 0));
    const isCast = last === 'AS' && this.before.some(({ text }) => text.toUpperCase() === 'CAST') && this.depth('(', ')') > 0;
    if (!isBehindName && !isInner && !isCast) return null;
    const generic = new Set(['list', 'set', 'map', 'tuple', 'vector', 'frozen']);
    const native = typeNames.map(
      (label): Offer => (generic.has(label) ? { label, apply: `${label}<`, kind: 'type' } : { label, kind: 'type' }),
    );
    return isCast ? native.filter(({ apply }) => apply === undefined) : [...native, ...this.userTypes()];
  }

  private depth(open: string, close: string): number {
    let depth = 0;
    for (const { text, type } of this.before) if (type === 'symbol') depth += text === open ? 1 : text === close ? -1 : 0;
    return depth;
  }

  /** Columns of the statement's table, functions where values stand, and clauses. */
  private inStatement(last: string): Offer[] {
    const table = this.table();
    const columns = (table?.columns ?? []).map(
      (column): Offer => ({ ...named(column.name, 'column'), detail: `${column.type}${roleOf(column)}` }),
    );
    const isInsertNames = this.first === 'INSERT' && !this.before.some(({ text }) => text.toUpperCase() === 'VALUES');
    if (isInsertNames && this.depth('(', ')') > 0) {
      const said = new Set(this.before.map(nameOf));
      return columns.filter(({ label }) => !said.has(label));
    }
    if (this.first === 'CREATE') return [...words(clauses['CREATE']), ...(last === '(' || last === ',' ? this.ownColumns() : [])];
    const functions = functionNames.map((label): Offer => ({ label, apply: `${label}(`, kind: 'function' }));
    const withFunctions = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'BEGIN'].includes(this.first);
    return [...columns, ...words(clauses[this.first] ?? []), ...(withFunctions ? functions : [])];
  }

  /** Columns that this CREATE TABLE makes, for its PRIMARY KEY. */
  private ownColumns(): Offer[] {
    if (!this.before.some(({ text }) => /^(KEY|BY)$/i.test(text))) return [];
    const found: Offer[] = [];
    this.before.forEach((word, i) => {
      const previous = this.before[i - 1]?.text;
      const next = this.before[i + 1];
      if ((previous === '(' || previous === ',') && next?.type === 'word' && word.type !== 'symbol')
        found.push(named(nameOf(word), 'column'));
    });
    return found.filter(({ label }) => label !== quoteName('primary'));
  }

  /** The table that the statement is about, wherever in it that is said. */
  private table(): TableInfo | undefined {
    const { all } = this;
    // In a batch it is the one of the statement that the cursor is in.
    const until = this.first === 'BEGIN' ? this.before.length : all.length;
    for (let i = until - 1; i >= 0; i--) {
      const word = all[i];
      if (word.type !== 'word' || !tablesFollow.has(word.text.toUpperCase())) continue;
      const found = this.tableNamed(i + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private tableNamed(at: number): TableInfo | undefined {
    const { all, around } = this;
    const [first, dot, second] = all.slice(at, at + 3);
    if (first === undefined) return undefined;
    const find = (keyspace: string, name: string) =>
      around.schema.find((one) => one.name === keyspace)?.tables.find((one) => one.name === name);
    if (dot?.text === '.' && second !== undefined) return find(nameOf(first), nameOf(second));
    if (around.keyspace !== null) return find(around.keyspace, nameOf(first));
    const name = nameOf(first);
    return around.schema.flatMap(({ tables }) => tables).find((table) => table.name === name);
  }
}

function named(name: string, kind: Offer['kind']): Offer {
  return { label: quoteName(name), kind };
}

function roleOf({ kind }: ColumnInfo): string {
  switch (kind) {
    case 'partition_key':
      return ', partition key';
    case 'clustering':
      return ', clustering';
    case 'static':
      return ', static';
    default:
      return '';
  }
}

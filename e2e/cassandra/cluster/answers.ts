import type { Database } from '@cassette/engine';
import type cassandra from 'cassandra-driver';
import type { CassandraNode } from '../node.ts';
import type { CellAnswer, ColumnShape, RowAnswer, TableShape, Times } from './model.ts';
import { BRIEF, EXPIRY_STEP, type Model, WIDE } from './workload.ts';

/** The rows of all tables, one a line and in order, so that a difference can be read. */
export type Answers = readonly string[];

/** The columns of a row by the names that the SELECT gives them. */
type Answered = (name: string) => unknown;

const HITS = 'SELECT page, n FROM c.hits';

/** What is to be answered now. */
export function ofModel({ wide, brief, hits }: Model): Answers {
  const now = nowInSeconds();
  return [...lines('wide', wide.rows(now)), ...lines('brief', brief.rows(now)), ...lines('hits', hits.rows('page', 'n'))];
}

/** What a node answers that asks as many replicas as `consistency` says. */
export function ofNode(node: CassandraNode, consistency: cassandra.types.consistencies): Promise<Answers> {
  return answers(async (query) => {
    const [{ rows }] = await node.cql(query, { consistency, fetchSize: 10_000 });
    return rows.map((row) => (name) => row.get(name));
  });
}

/** What a device answers, at the real time and not at its own. */
export function ofDevice(database: Database): Promise<Answers> {
  return answers(async (query) => {
    const { rows } = await database.execute(query, [], { nowInSeconds: nowInSeconds() });
    return rows.map((row) => (name) => row[name]);
  });
}

/** The real time. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

async function answers(select: (query: string) => Promise<readonly Answered[]>): Promise<Answers> {
  const table = async (name: string, shape: TableShape) => {
    const now = nowInSeconds();
    const rows = await select(`SELECT ${selectors(shape).join(', ')} FROM k.${name}`);
    return lines(
      name,
      rows.map((row) => rowAnswer(shape, row, now)),
    );
  };
  const hits = (await select(HITS)).map((row) => ({ page: row('page') as string, n: Number(row('n')) }));
  return [...(await table('wide', WIDE)), ...(await table('brief', BRIEF)), ...lines('hits', hits)];
}

function lines(table: string, rows: readonly RowAnswer[]): string[] {
  return rows.map((row) => `${table} ${JSON.stringify(row)}`).sort();
}

/** Values as JSON; write times and TTLs element by element, for the driver can't read lists with nulls in them. */
function selectors({ partitionKey, clustering, columns }: TableShape): string[] {
  const ofColumn = (column: ColumnShape) => [
    `to_json(${column.name}) AS ${column.name}`,
    ...timed(column).flatMap((what, index) => [
      `WRITETIME(${what}) AS w_${column.name}_${index}`,
      `TTL(${what}) AS t_${column.name}_${index}`,
    ]),
  ];
  return [partitionKey, ...(clustering === null ? [] : [clustering]), ...columns.flatMap(ofColumn)];
}

function timed({ name, kind, elements = [] }: ColumnShape): string[] {
  if (kind === 'simple') return [name];
  return elements.map((element) => (kind === 'udt' ? `${name}.${element}` : `${name}['${element}']`));
}

function rowAnswer({ partitionKey, clustering, columns }: TableShape, row: Answered, now: number): RowAnswer {
  const cells = columns.map((column) => [column.name, cellAnswer(column, row, now)]);
  const at = clustering === null ? {} : { [clustering]: row(clustering) as number | null };
  return { [partitionKey]: row(partitionKey) as string, ...at, ...Object.fromEntries(cells) };
}

function cellAnswer(column: ColumnShape, row: Answered, now: number): CellAnswer | null {
  const value = JSON.parse((row(column.name) as string | null) ?? 'null');
  if (value === null) return null;
  const times = (kind: string, as: (time: number) => number): Times => {
    const all = timed(column).map((_, index) => {
      const time = row(`${kind}_${column.name}_${index}`) as number | bigint | null | undefined;
      return time === null || time === undefined ? null : as(Number(time));
    });
    return column.kind === 'simple' ? all[0] : all;
  };
  const expiry = (left: number) => Math.round((now + left) / EXPIRY_STEP) * EXPIRY_STEP;
  return { value, writetime: times('w', (time) => time), expires: times('t', expiry) };
}

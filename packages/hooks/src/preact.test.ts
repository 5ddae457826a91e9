// @vitest-environment happy-dom
import { createElement, render } from 'preact';
import { expect, test } from 'vitest';
import type { LiveDatabase } from './live-rows.ts';
import { CassetteProvider, useDatabase, useLiveQuery } from './preact.ts';
import { TODOS, until, watchedDatabase } from './testing/watched-database.ts';

function Todos({ list }: { list: string }) {
  const { rows, error, loading } = useLiveQuery(TODOS, [list]);
  if (loading) return createElement('p', null, 'loading');
  if (error !== null) return createElement('p', null, (error as { code: string }).code);
  return createElement(
    'ul',
    null,
    rows.map(({ id, title }) => createElement('li', { key: id as number }, title as string)),
  );
}

const provide = (database: LiveDatabase | null, list: string) =>
  createElement(CassetteProvider, { database, children: createElement(Todos, { list }) });

test('a component shows the rows and follows them, and unsubscribes when it goes', async () => {
  const { db, live, counts } = await watchedDatabase();
  await db.execute("INSERT INTO todos (list, id, title) VALUES ('home', 1, 'wash')");
  const container = document.createElement('div');
  const shows = (...wanted: readonly string[]) =>
    until(() => [...container.querySelectorAll('li, p')].map(({ textContent }) => textContent).join() === wanted.join());
  render(provide(null, 'home'), container);
  await shows('loading');
  render(provide(live, 'home'), container);
  await shows('wash');
  await db.execute("INSERT INTO todos (list, id, title) VALUES ('home', 0, 'wake')");
  await shows('wake', 'wash');
  render(provide(live, 'home'), container);
  expect(counts).toEqual({ opened: 1, open: 1 });
  render(provide(live, 'work'), container);
  await shows();
  await until(() => counts.open === 1);
  await db.execute('DROP TABLE todos');
  await shows('INVALID_REQUEST');
  render(null, container);
  await until(() => counts.open === 0);
  await db.close();
});

function Lost() {
  useDatabase();
  return null;
}

test('a component without a provider is told', () => {
  expect(() => render(createElement(Lost, null), document.createElement('div'))).toThrow(/CassetteProvider/);
});

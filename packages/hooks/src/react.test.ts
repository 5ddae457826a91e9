// @vitest-environment happy-dom
import { createElement, memo, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, test } from 'vitest';
import type { LiveDatabase } from './live-rows.ts';
import { CassetteProvider, useDatabase, useLiveQuery } from './react.ts';
import { TODOS, until, watchedDatabase } from './testing/watched-database.ts';

interface Todo {
  readonly id: number;
  readonly title: string;
}

const rendered: number[] = [];
const Item = memo(({ row }: { row: Todo }) => {
  rendered.push(row.id);
  return createElement('li', null, row.title);
});

function Todos({ list }: { list: string }) {
  const { rows, loading } = useLiveQuery(TODOS, [list]);
  if (loading) return createElement('p', null, 'loading');
  return createElement(
    'ul',
    null,
    rows.map((row) => createElement(Item, { key: row.id as number, row: row as unknown as Todo })),
  );
}

function Wrong({ database }: { database: LiveDatabase }) {
  const { error } = useLiveQuery('SELECT nope FROM todos', null, { database });
  return createElement('p', null, error === null ? 'fine' : (error as { code: string }).code);
}

function Titles({ database }: { database: LiveDatabase }) {
  const { rows, error } = useLiveQuery(TODOS, ['home'], { database });
  return createElement('p', null, error === null ? rows.map((row) => (row as unknown as Todo).title).join() : 'gone');
}

let start: () => void = () => undefined;

function Skipping({ database }: { database: LiveDatabase }) {
  const [skip, setSkip] = useState(true);
  start = () => setSkip(false);
  const { loading } = useLiveQuery(TODOS, ['home'], { skip, database });
  return createElement('p', null, String(loading));
}

function Lost() {
  useDatabase();
  return null;
}

function mounted() {
  const container = document.createElement('div');
  const shows = (...wanted: readonly string[]) =>
    until(() => [...container.querySelectorAll('li, p')].map(({ textContent }) => textContent).join() === wanted.join());
  return { root: createRoot(container), shows };
}

const provide = (database: LiveDatabase | null, list: string) =>
  createElement(StrictMode, null, createElement(CassetteProvider, { database }, createElement(Todos, { list })));

test('a component in StrictMode shows the rows and follows them, and renders only those that changed', async () => {
  const { db, live, counts } = await watchedDatabase();
  await db.execute("INSERT INTO todos (list, id, title) VALUES ('home', 1, 'wash')");
  await db.execute("INSERT INTO todos (list, id, title) VALUES ('home', 2, 'cook')");
  const { root, shows } = mounted();
  root.render(provide(null, 'home'));
  await shows('loading');
  root.render(provide(live, 'home'));
  await shows('wash', 'cook');
  expect(counts).toEqual({ opened: 1, open: 1 });

  rendered.length = 0;
  await db.execute("UPDATE todos SET title = 'bake' WHERE list = 'home' AND id = 2");
  await shows('wash', 'bake');
  expect(new Set(rendered)).toEqual(new Set([2]));

  // The same parameters, made anew, are no other query.
  root.render(provide(live, 'home'));
  await db.execute("DELETE FROM todos WHERE list = 'home' AND id = 1");
  await shows('bake');
  expect(counts).toEqual({ opened: 1, open: 1 });
  root.render(provide(live, 'work'));
  await shows();
  await until(() => counts.opened === 2 && counts.open === 1);
  root.unmount();
  await until(() => counts.open === 0);
  await db.close();
});

test('an error of the statement is shown, and one of a closed database', async () => {
  const { db } = await watchedDatabase();
  const { root, shows } = mounted();
  root.render(createElement(Wrong, { key: 1, database: db as LiveDatabase }));
  await shows('INVALID_REQUEST');
  await db.close();
  root.render(createElement(Wrong, { key: 2, database: db as LiveDatabase }));
  await shows('CLOSED');
  root.unmount();
});

test('a query whose table is dropped shows an error, and its rows again when there is one of that name', async () => {
  const { db } = await watchedDatabase();
  await db.execute("INSERT INTO todos (list, id, title) VALUES ('home', 1, 'wash')");
  const { root, shows } = mounted();
  root.render(createElement(Titles, { database: db as LiveDatabase }));
  await shows('wash');
  for (const title of ['bake', 'mend']) {
    await db.execute('DROP TABLE todos');
    await shows('gone');
    await db.execute('CREATE TABLE todos (list text, id int, title text, PRIMARY KEY (list, id))');
    await db.execute(`INSERT INTO todos (list, id, title) VALUES ('home', 1, '${title}')`);
    await shows(title);
  }
  root.unmount();
  await until(() => db.stats().subscriptions === 0 && !db.events.isHeard);
  await db.close();
});

test('nothing is asked for while a query is skipped', async () => {
  const { db, live, counts } = await watchedDatabase();
  const { root, shows } = mounted();
  root.render(createElement(Skipping, { database: live }));
  await shows('false');
  expect(counts.opened).toBe(0);
  start();
  await until(() => counts.opened === 1);
  await shows('false');
  root.unmount();
  await db.close();
});

test('a component without a provider is told', async () => {
  const errors: unknown[] = [];
  const lost = createRoot(document.createElement('div'), { onUncaughtError: (error) => errors.push(error) });
  lost.render(createElement(Lost));
  await until(() => errors.length === 1);
  expect(String(errors[0])).toContain('CassetteProvider');
});

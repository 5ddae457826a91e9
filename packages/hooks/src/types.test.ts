import type { RemoteDatabase, TypedStatement } from '@cassette/client';
import type { Database } from '@cassette/engine';
import { expectTypeOf, test } from 'vitest';
import type { LiveDatabase } from './live-rows.ts';
import { useLiveQuery } from './react.ts';

type Todos = TypedStatement<readonly [string], { id: number; title: string | null }>;

test('databases of a tab and of Node can be lived with, and typed statements have their types', () => {
  expectTypeOf<RemoteDatabase>().toExtend<LiveDatabase>();
  expectTypeOf<Database>().toExtend<LiveDatabase>();
  const ask = (todos: Todos) => useLiveQuery(todos, ['home']).rows[0];
  expectTypeOf<ReturnType<typeof ask>['title']>().toEqualTypeOf<string | null>();
});

import { expect, test } from 'vitest';
import { Acknowledged, Comparing } from './acknowledged.ts';

test('each key must be found in its last state, unless nobody knows it', async () => {
  let pauses = 0;
  const pause = async () => {
    pauses++;
  };
  const acknowledged = new Acknowledged();
  acknowledged.written(1, 10);
  acknowledged.written(1, 11);
  acknowledged.written(5000, 12);
  acknowledged.deleted(2, 13);
  acknowledged.deleted(3, 14);
  acknowledged.written(4, 15, 1000);
  acknowledged.unclear(6);
  const comparing = new Comparing(acknowledged, 999);
  comparing.found(1, 11);
  comparing.found(3, 9);
  comparing.found(4, 15);
  comparing.found(6, 1);
  comparing.found(999_999, 1);
  expect(await comparing.end(pause)).toEqual({ rows: 2, there: 1, stale: 0, deleted: 2, risen: 1 });
  const old = new Comparing(acknowledged, 900);
  old.found(1, 10);
  old.found(4, 15);
  expect(await old.end(pause)).toEqual({ rows: 3, there: 1, stale: 1, deleted: 2, risen: 0 });
  await old.forget(pause);
  expect(await new Comparing(acknowledged, 900).end(pause)).toEqual({ rows: 1, there: 0, stale: 0, deleted: 2, risen: 0 });
  expect(pauses).toBe(0);
});

test('of very many keys a stretch at a time is gone through', async () => {
  const acknowledged = new Acknowledged();
  acknowledged.written(350_000, 1);
  let pauses = 0;
  const comparing = new Comparing(acknowledged, 0);
  await comparing.end(async () => {
    pauses++;
  });
  expect(pauses).toBe(3);
});

test('what was written again after a call that failed is known again', () => {
  const acknowledged = new Acknowledged();
  acknowledged.unclear(7);
  expect(acknowledged.expected(7, 0)).toEqual({ kind: 'any' });
  acknowledged.written(7, 3);
  expect(acknowledged.expected(7, 0)).toEqual({ kind: 'row', version: 3 });
  acknowledged.clear();
  expect(acknowledged.expected(7, 0)).toEqual({ kind: 'any' });
});

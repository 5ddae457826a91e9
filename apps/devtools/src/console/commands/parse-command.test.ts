import { expect, test } from 'vitest';
import { CommandError } from './command.ts';
import { parseCommand } from './parse-command.ts';

test.each([
  ['expand on', { kind: 'switch', what: 'expand', on: true }],
  ['TRACING', { kind: 'switch', what: 'tracing', on: null }],
  ['PAGING 50', { kind: 'paging', to: 50 }],
  ['paging Off', { kind: 'paging', to: 'off' }],
  ['CONSISTENCY local_quorum', { kind: 'consistency', serial: false, level: 'LOCAL_QUORUM' }],
  ['SERIAL CONSISTENCY', { kind: 'consistency', serial: true, level: null }],
  ["SOURCE 'it''s/a.cql'", { kind: 'source', file: "it's/a.cql" }],
  ['SHOW VERSION', { kind: 'show', what: 'version' }],
  ['? copy', { kind: 'help', topics: ['copy'] }],
  ['cls', { kind: 'clear' }],
  ['quit', { kind: 'exit' }],
])('%s', (text, command) => {
  expect(parseCommand(text)).toEqual(command);
});

test('COPY has names, a file and options', () => {
  const command = parseCommand(
    `COPY Lab."Re.adings" (sensor, "At") -- ours
     FROM 'a b.csv' WITH HEADER = true AND delimiter='|' AND MAXROWS=-1 AND NULL = 'n/a'`,
  );
  expect(command).toMatchObject({
    kind: 'copy',
    direction: 'from',
    keyspace: 'lab',
    table: 'Re.adings',
    columns: ['sensor', 'At'],
    file: 'a b.csv',
  });
  const { options } = command as Extract<typeof command, { kind: 'copy' }>;
  expect([...options].map(([name, { value }]) => [name, value])).toEqual([
    ['HEADER', 'true'],
    ['DELIMITER', '|'],
    ['MAXROWS', '-1'],
    ['NULL', 'n/a'],
  ]);
  expect(parseCommand('copy t to stdout')).toEqual({
    kind: 'copy',
    direction: 'to',
    keyspace: null,
    table: 't',
    columns: null,
    file: null,
    options: new Map(),
  });
});

test.each([
  ['EXPAND maybe', 'expected ON or OFF, but found "maybe"', 7],
  ['CONSISTENCY FEW', 'expected one of ANY,', 12],
  ['SOURCE file.cql', 'expected the name of a file in single quotes', 7],
  ['COPY t FROM', 'expected the name of a file in single quotes, or STDIN', 11],
  ["COPY t TO 'x' WITH HEADER", 'expected =', 25],
  ["COPY t (a b) TO 'x'", 'expected , or ), but found "b"', 10],
])('%s is refused where it goes wrong', (text, message, position) => {
  const refused = () => parseCommand(text);
  expect(refused).toThrow(message);
  expect(refused).toThrow(CommandError);
  try {
    refused();
  } catch (error) {
    expect((error as CommandError).position).toBe(position);
  }
});

// Whatever --help and the README show is run as it is written.

import { readFileSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { commandHelp } from './command-help.ts';
import { makeProgram } from './program.ts';
import { tellError, useJson } from './tell-error.ts';
import { Workshop } from './testing/workshop.ts';

let workshop: Workshop;

beforeAll(() => {
  workshop = new Workshop();
});

afterAll(() => workshop.close());

test('each command teaches two to four examples, what it needs and what it costs', () => {
  const names = makeProgram().commands.map((command) => command.name());
  expect(Object.keys(commandHelp)).toEqual(names);
  for (const { notes, examples } of Object.values(commandHelp)) {
    expect(notes).not.toBe('');
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(examples.length).toBeLessThanOrEqual(4);
  }
});

// One after the other: later ones take what earlier ones made.
test.each(Object.entries(commandHelp).flatMap(([name, { examples }]) => examples.map(([line]) => [name, line] as const)))(
  'the example of %s runs: %s',
  async (name, line) => {
    expect(line).toContain(`cassette ${name} `);
    const { error, code } = await workshop.run(line);
    expect({ error, code }).toEqual({ error: null, code: 0 });
  },
);

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README has each command with its options, and no others', () => {
  for (const command of makeProgram().commands) {
    const name = command.name();
    const line = readme.split('\n').findLast((one) => one.startsWith(`| \`${name}\``) && one.includes('`--'));
    const told = line?.match(/`--[a-z-]+`/g)?.map((option) => option.slice(1, -1));
    expect({ name, told }).toEqual({ name, told: command.options.map(({ long }) => long) });
  }
  for (const { long } of makeProgram().options) expect(readme).toContain(`\`${long}\``);
});

describe('the README', () => {
  const blocks = [...readme.matchAll(/^```(sh|json|json error)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language,
    text,
  }));
  let own: Workshop;

  beforeAll(() => {
    workshop.close();
    own = new Workshop();
  });

  afterAll(() => own.close());

  test('shows commands that run, and JSON of the shape that they print', async () => {
    let printed = '';
    let compared = 0;
    for (const { language, text } of blocks) {
      if (language === 'sh') {
        printed = '';
        for (const line of text.trim().split('\n')) {
          for (const one of line.includes('|') ? [line] : line.split(' && ')) {
            const { out, error, code } = await own.run(one);
            expect({ one, error, code }).toEqual({ one, error: null, code: 0 });
            printed += out;
          }
        }
      } else if (language === 'json') {
        const [last] = printed.trim().split('\n').slice(-1);
        // Others may be added.
        expect(shapeOf(JSON.parse(last))).toMatchObject(shapeOf(JSON.parse(text)) as object);
        compared++;
      }
    }
    expect(compared).toBeGreaterThanOrEqual(10);
  });

  test('shows what an error is with --json', () => {
    const [{ text }] = blocks.filter(({ language }) => language === 'json error');
    const told: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => told.push(String(chunk)) > 0);
    useJson(true);
    try {
      tellError(new CassetteError('NO_STORE', 'There is no store in nowhere: exec makes one', { dir: 'nowhere' }));
    } finally {
      useJson(false);
      write.mockRestore();
    }
    expect(JSON.parse(told.join(''))).toEqual(JSON.parse(text));
  });
});

/** Names and types of a JSON value: of an array those of its first element, where it has one. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, shapeOf(of)]));
}

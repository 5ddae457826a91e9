import { type Command, CommandError, type CopyCommand, consistencyLevels, serialLevels } from './command.ts';
import { type CommandWord, CommandWords } from './command-words.ts';

const onlyInTerminals = (what: string) => `${what} is for a terminal and its files; results are saved here with Save below them`;

/** Reads a command of cqlsh's own. Throws CommandError. */
export function parseCommand(text: string): Command {
  const words = new CommandWords(text);
  const verb = words.take();
  switch (verb.text.toUpperCase()) {
    case 'EXPAND':
      return { kind: 'switch', what: 'expand', on: onOrOff(words) };
    case 'TRACING':
      return { kind: 'switch', what: 'tracing', on: onOrOff(words) };
    case 'PAGING':
      return { kind: 'paging', to: paging(words) };
    case 'CONSISTENCY':
      return { kind: 'consistency', serial: false, level: level(words, consistencyLevels) };
    case 'SERIAL':
      if (!words.accept('CONSISTENCY')) throw words.expected('CONSISTENCY');
      return { kind: 'consistency', serial: true, level: level(words, serialLevels) };
    case 'SOURCE':
      return source(words);
    case 'SHOW':
      return show(words);
    case 'HELP':
    case '?':
      return { kind: 'help', topics: rest(words) };
    case 'CLEAR':
    case 'CLS':
      words.finish();
      return { kind: 'clear' };
    case 'EXIT':
    case 'QUIT':
      words.finish();
      return { kind: 'exit' };
    case 'HISTORY':
      rest(words);
      return { kind: 'history' };
    case 'LOGIN':
      rest(words);
      return { kind: 'login' };
    case 'COPY':
      return parseCopy(text);
    case 'CAPTURE':
    case 'DEBUG':
    case 'UNICODE':
    case 'ELAPSED':
      return { kind: 'unsupported', why: onlyInTerminals(verb.text.toUpperCase()) };
    default:
      throw new CommandError('this is no command; HELP lists them', verb.start);
  }
}

function rest(words: CommandWords): string[] {
  const found: string[] = [];
  while (words.next.type !== 'end') found.push(words.take().text);
  return found;
}

function onOrOff(words: CommandWords): boolean | null {
  const on = words.accept('ON') ? true : words.accept('OFF') ? false : null;
  if (on === null && words.next.type !== 'end') throw words.expected('ON or OFF');
  words.finish();
  return on;
}

function paging(words: CommandWords): number | 'on' | 'off' | null {
  const { type, text } = words.next;
  if (type === 'end') return null;
  const to = words.accept('ON') ? 'on' : words.accept('OFF') ? 'off' : /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
  if (to === null) throw words.expected('ON, OFF or the rows of a page, up to 999999');
  if (typeof to === 'number') words.take();
  words.finish();
  return to;
}

function level(words: CommandWords, levels: readonly string[]): string | null {
  const { type, text } = words.next;
  if (type === 'end') return null;
  const known = levels.find((one) => one === text.toUpperCase());
  if (known === undefined) throw words.expected(`one of ${levels.join(', ')}`);
  words.take();
  words.finish();
  return known;
}

function source(words: CommandWords): Command {
  if (words.next.type !== 'string') throw words.expected("the name of a file in single quotes, as in SOURCE 'file.cql'");
  const file = words.take().text;
  words.finish();
  return { kind: 'source', file };
}

function show(words: CommandWords): Command {
  for (const what of ['version', 'host', 'session', 'replicas'] as const) {
    if (words.accept(what.toUpperCase())) {
      if (what === 'session' || what === 'replicas') rest(words);
      words.finish();
      return { kind: 'show', what };
    }
  }
  throw words.expected('VERSION or HOST');
}

/** `COPY [keyspace.]table [(column, …)] FROM|TO 'file'|STDIN|STDOUT [WITH option = value [AND …]]`. */
function parseCopy(text: string): CopyCommand {
  const words = new CommandWords(text, true);
  words.take();
  let keyspace: string | null = null;
  let table = words.name('the name of a table');
  if (words.accept('.')) {
    keyspace = table;
    table = words.name('the name of a table');
  }
  const columns = words.accept('(') ? names(words) : null;
  const direction = words.accept('FROM') ? 'from' : words.accept('TO') ? 'to' : null;
  if (direction === null) throw words.expected(columns === null ? '(, FROM or TO' : 'FROM or TO');
  const file = target(words, direction);
  const options = new Map<string, { value: string; position: number }>();
  if (words.accept('WITH')) {
    do {
      const { text: name, start } = words.take();
      if (!/^[A-Za-z]+$/.test(name)) throw new CommandError('expected the name of an option', start);
      if (!words.accept('=')) throw words.expected('=');
      options.set(name.toUpperCase(), { value: value(words), position: start });
    } while (words.accept('AND'));
  }
  words.finish();
  return { kind: 'copy', direction, keyspace, table, columns, file, options };
}

function names(words: CommandWords): string[] {
  const found: string[] = [];
  do found.push(words.name('the name of a column'));
  while (words.accept(','));
  if (!words.accept(')')) throw words.expected(', or )');
  return found;
}

function target(words: CommandWords, direction: 'from' | 'to'): string | null {
  const standard = direction === 'from' ? 'STDIN' : 'STDOUT';
  if (words.accept(standard)) return null;
  if (words.next.type === 'string') return words.take().text;
  throw words.expected(`the name of a file in single quotes, or ${standard}`);
}

function value(words: CommandWords): string {
  const word: CommandWord = words.next;
  if (word.type === 'end' || word.type === 'symbol') throw words.expected('a value');
  return words.take().text;
}

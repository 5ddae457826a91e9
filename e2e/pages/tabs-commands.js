// What tests ask of a worker of any kind: the built client, used there as in a page.
import * as cassette from '/client/index.js';

let db;

const commands = {
  async open(options) {
    db = await cassette.open(options);
    return db.role;
  },
  async execute(query, params) {
    return (await db.execute(query, params)).rows.map((row) => row.values());
  },
  close: () => db.close(),
  copyStore: (...args) => cassette.copyStore(...args),
  changePassphrase: (...args) => cassette.changePassphrase(...args),
  list: () => cassette.list(),
};

/** Carries out `{ command, args }`; answers `{ value }` or `{ error: [code, message] }`. */
export async function carryOut({ command, args }) {
  try {
    return { value: await commands[command](...args) };
  } catch (error) {
    return { error: [error.code ?? error.name, error.message] };
  }
}

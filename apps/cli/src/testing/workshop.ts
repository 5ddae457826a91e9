import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ran, run } from './run.ts';

const program = fileURLToPath(new URL('../../dist/cassette.js', import.meta.url));

/** What the examples of the help and of the README find in their folder. */
const FILES: Readonly<Record<string, string>> = {
  'schema.cql': `CREATE KEYSPACE IF NOT EXISTS field WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE IF NOT EXISTS field.readings (sensor text, at timestamp, value double, note text, PRIMARY KEY (sensor, at));
`,
  'copied.cql': 'CREATE TABLE field.copied (sensor text, at timestamp, value double, note text, PRIMARY KEY (sensor, at));\n',
  'rows.cql': `INSERT INTO field.readings (sensor, at, value) VALUES ('north-1', '2026-05-04T08:00:00Z', 21.5);
INSERT INTO field.readings (sensor, at, value, note) VALUES ('south-2', '2026-05-04T08:00:00Z', 19.25, 'shade');
`,
  'select.cql': "SELECT * FROM field.readings WHERE sensor = 'north-1';\n",
  'queries.cql': '-- name: readingsOf\nSELECT at, value FROM field.readings WHERE sensor = ?;\n',
  'rows.ndjson': '{"sensor": "north-1", "at": "2026-05-04 08:00:00.000Z", "value": 21.5}\n',
  'rows.csv': 'sensor;at;value\nnorth-1;2026-05-04 08:00:00.000Z;21.5\n',
  'passphrase.txt': 'correct horse battery staple\n',
};

/** A folder of its own, in which commands run as they are written. */
export class Workshop {
  readonly folder: string;
  private readonly before: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'cassette-workshop-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(this.folder, name), text);
    this.before = process.cwd();
    process.chdir(this.folder);
  }

  /** Runs a line: within this process where it is one command with plain arguments, else by the shell, with the built command line. */
  async run(line: string): Promise<Ran> {
    const words = line.match(/"[^"$]*"|\S+/g)?.map((word) => word.replace(/^"(.*)"$/, '$1')) ?? [];
    return /[|<>$'&;]/.test(line.replace(/"[^"$]*"/g, '')) ? this.inShell(line) : run(...words.slice(1));
  }

  private inShell(line: string): Ran {
    const bin = join(this.folder, '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'cassette'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(join(bin, 'cassette'), 0o755);
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` };
    // Whatever fails in a pipe fails, and is thrown with what it said.
    const out = execFileSync('bash', ['-eo', 'pipefail', '-c', line], {
      cwd: this.folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { out, err: '', error: null, code: 0 };
  }

  close(): void {
    process.chdir(this.before);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// The goldens' statements, executed by Cassette and exported in the versions that Cassette's own store does not have: Cassandra verifies
// them, and selects the rows that it would have had of its own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StandingStore } from '../../packages/engine/src/goldens/testing/standing-store.ts';
import { parseScript } from './cql-script.ts';
import { filesOnly, goldenNow, goldenRows, listGoldens } from './goldens.ts';
import { Judge } from './judge.ts';

const available = Judge.available();

describe.skipIf(!available.ok)(available.ok ? 'an export in' : `exports: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-formats-'));
  });

  afterAll(async () => {
    await judge.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  for (const version of ['oa', 'da'] as const) {
    test.each(listGoldens(version).filter((golden) => filesOnly(golden) === null))(
      `${version} of $name is what Cassandra would have written, and gives its rows`,
      async (golden) => {
        const { name, schemaCql, finalSchemaCql } = golden;
        const now = goldenNow(golden);
        const store = await StandingStore.open(schemaCql, now);
        await store.run(parseScript(golden.script));
        const dir = join(scratch, version, name);
        await mkdir(dir, { recursive: true });
        const report = await store.database.exportTo(
          { format: version },
          {
            async add(file, _size, content) {
              await mkdir(dirname(join(dir, file)), { recursive: true });
              await writeFile(join(dir, file), Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
            },
            finish: async () => 0,
          },
        );
        await store.close();
        expect(report.format).toBe(version);
        const verdicts = await judge.verify({ schemaCql: finalSchemaCql, dir });
        expect(verdicts.map(({ sstable, errors, warnings }) => ({ sstable, errors, warnings }))).toEqual(
          verdicts.map(({ sstable }) => ({ sstable, errors: [], warnings: [] })),
        );
        expect(verdicts.length).toBe(report.sstables.length);
        // A node in its default configuration reads da, and not oa.
        const rows = await judge.rows({ schemaCql: finalSchemaCql, dir, now, version: version === 'da' ? 'nb' : 'oa' });
        const wanted = goldenRows(golden).tables;
        for (const table of Object.keys(wanted)) expect([table, rows[table] ?? []]).toEqual([table, wanted[table]]);
      },
    );
  }
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bytesSource, Component, parseFileName, printFileName, sstableMetadata } from '@cassette/sstable';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listGoldens } from './goldens.ts';
import { Judge } from './judge.ts';

// `cassette metadata` beside what Cassandra's own classes tell of the same files: every field of both.

const available = Judge.available();
if (!available.ok) console.warn(`e2e/cassandra is skipped: ${available.why}`);

/** Seconds. Between the times of what the goldens delete, so that some of it could be dropped and some not. */
const gcBefore = 1_700_000_100;

describe.skipIf(!available.ok)(available.ok ? 'metadata' : `metadata: skipped, ${available.why}`, () => {
  let judge: Judge;

  beforeAll(async () => {
    judge = await Judge.start();
  });

  afterAll(() => judge?.stop());

  test.each(['nb', 'oa', 'da'] as const)('of %s tells all that Cassandra tells', async (version) => {
    let compared = 0;
    for (const { sstables, name } of listGoldens(version)) {
      for (const told of await judge.metadata(sstables, gcBefore)) {
        const path = join(sstables, told.sstable);
        const { descriptor } = parseFileName(basename(path));
        const sources = Object.fromEntries(
          [Component.STATISTICS, Component.COMPRESSION_INFO, Component.SUMMARY].flatMap((component) => {
            const file = join(dirname(path), printFileName(descriptor, component));
            return existsSync(file) ? [[component, bytesSource(readFileSync(file), file)]] : [];
          }),
        );
        const prefix = basename(path).slice(0, -Component.DATA.length);
        const files = readdirSync(dirname(path)).filter((file) => file.startsWith(prefix));
        const components = Object.fromEntries(
          files.map((file) => [file.slice(prefix.length), readFileSync(join(dirname(path), file)).length]),
        );
        const ours = sstableMetadata(descriptor, sources, { components, gcBefore });
        expect({ ...ours, sstable: told.sstable }, `${version} ${name}`).toEqual(told);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ByteSource, SSTableSources } from '@cassette/sstable';
import { bytesSource, parseFileName, verifySSTable } from '@cassette/sstable';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Golden, readGolden } from './goldens.ts';
import { Judge, type SSTableVerdict, type SSTableVersion } from './judge.ts';

// `cassette verify` beside Cassandra's own extended verification, over damaged copies of what Cassandra wrote.

const available = Judge.available();
if (!available.ok) console.warn(`e2e/cassandra is skipped: ${available.why}`);

/** What is done to a component; null removes it. */
type Damage = readonly [name: string, change: (bytes: Buffer) => Buffer | null];

const damages: readonly Damage[] = [
  ['missing', () => null],
  ['empty', () => Buffer.alloc(0)],
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['without its last byte', (bytes) => bytes.subarray(0, -1)],
  ['with a byte too many', (bytes) => Buffer.concat([bytes, Buffer.of(7)])],
  ...[0.05, 0.4, 0.75].map(
    (share): Damage => [
      `with a flipped bit at ${share}`,
      (bytes) => {
        const copy = Buffer.from(bytes);
        copy[Math.floor(bytes.length * share)] ^= 1 << (Math.floor(share * 1000) % 8);
        return copy;
      },
    ],
  ),
];

/** Cassette's verdict on the SSTable of a Data.db's folder and prefix; Data.db itself may be missing. */
function verdictOf(folder: string, prefix: string): { readonly ok: boolean; readonly errors: readonly string[] } {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const sources: Record<string, ByteSource> = {};
  for (const name of names) sources[name.slice(prefix.length)] = bytesSource(readFileSync(join(folder, name)), name);
  const { descriptor } = parseFileName(`${prefix}Data.db`);
  const components = names.map((name) => name.slice(prefix.length));
  return verifySSTable(descriptor, sources as SSTableSources, { components });
}

describe.skipIf(!available.ok)(available.ok ? 'verify' : `verify: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-verify-agrees-'));
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const cases = (['nb', 'oa', 'da'] as const).flatMap((version: SSTableVersion) =>
    [
      ['wide', 'blocks'],
      ['clustering', 'desc_plain'],
    ].map(([name, table]) => ({ version, name, table })),
  );

  test.each(cases)('refuses of damaged copies of $version $name.$table all that Cassandra refuses', async (one) => {
    const golden = readGolden(one.name, one.version);
    const dir = mkdtempSync(join(scratch, 'copies-'));
    const what = damagedCopies(golden, one.table, dir);
    const verdicts = new Map<string, SSTableVerdict>();
    for (const verdict of await judge.verify({ schemaCql: golden.schemaCql, dir })) verdicts.set(verdict.sstable, verdict);
    const accepted: string[] = [];
    let refused = 0;
    for (const [dataFile, damage] of what) {
      const verdict = verdicts.get(dataFile);
      // Without a Data.db there is nothing that it looks at.
      if (verdict?.ok !== false) continue;
      refused++;
      const prefix = basename(dataFile).slice(0, -'Data.db'.length);
      if (verdictOf(join(dir, dirname(dataFile)), prefix).ok) accepted.push(`${damage}: ${verdict.errors.join(' | ')}`);
    }
    rmSync(dir, { recursive: true });
    expect(refused).toBeGreaterThan(10);
    expect(accepted).toEqual([]);
  });

  /** Copies of one table's SSTable below `dir`, each with one component damaged: what was done, by Data.db. */
  function damagedCopies(golden: Golden, table: string, dir: string): Map<string, string> {
    const from = join(golden.sstables, 'g', table);
    const copies = new Map<string, string>();
    let number = 0;
    for (const file of readdirSync(from)) {
      const bytes = readFileSync(join(from, file));
      for (const [name, change] of damages) {
        const made = change(bytes);
        if (made?.equals(bytes) === true) continue;
        const folder = join('g', `${table}-${(number++).toString(16).padStart(32, '0')}`);
        cpSync(from, join(dir, folder), { recursive: true });
        if (made === null) rmSync(join(dir, folder, file));
        else writeFileSync(join(dir, folder, file), made);
        const dataFile = readdirSync(from).find((one) => one.endsWith('-Data.db'))!;
        copies.set(join(folder, dataFile), `${file} ${name}`);
      }
    }
    return copies;
  }
});

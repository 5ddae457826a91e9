import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Golden, goldenDump, goldenNow, goldenRows, listGoldens, readGolden } from './goldens.ts';
import { type CassandraNode, Judge, type RowView, type SSTableVerdict } from './judge.ts';

const available = Judge.available();
// The default reporter does not name what it skips.
if (!available.ok) console.warn(`e2e/cassandra is skipped: ${available.why}`);

describe.skipIf(!available.ok)(available.ok ? 'the judge' : `the judge: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-judge-test-'));
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  /** Copies one table of a golden to a folder of its own and damages one component there. */
  async function damaged(
    name: string,
    table: string,
    component: string,
    damage: (path: string) => Promise<void>,
  ): Promise<Golden> {
    const golden = readGolden(name);
    const sstables = await mkdtemp(join(scratch, 'damaged-'));
    await cp(join(golden.sstables, 'g', table), join(sstables, 'g', table), { recursive: true });
    await damage(join(sstables, 'g', table, `nb-1-big-${component}`));
    return { ...golden, sstables };
  }

  async function verdictOf({ schemaCql, sstables }: Golden): Promise<SSTableVerdict> {
    const verdicts = await judge.verify({ schemaCql, dir: sstables });
    expect(verdicts).toHaveLength(1);
    return verdicts[0];
  }

  async function flipByteInTheMiddle(path: string): Promise<void> {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] ^= 0x40;
    await writeFile(path, bytes);
  }

  describe('on what Cassandra wrote', () => {
    const everyVersion = (['nb', 'oa', 'da'] as const).flatMap((version) => listGoldens(version));

    test.each(everyVersion)('accepts $version of $name without a warning', async ({ finalSchemaCql, sstables }) => {
      const verdicts = await judge.verify({ schemaCql: finalSchemaCql, dir: sstables });
      expect(verdicts.length).toBeGreaterThan(0);
      expect(verdicts.filter(({ ok, warnings }) => !ok || warnings.length > 0)).toEqual([]);
    });

    test.each(everyVersion)('dumps $version of $name as dump.json has it', async (golden) => {
      const dumps = await judge.dump({ dir: golden.sstables, now: goldenNow(golden) });
      const text = dumps.map(({ sstable, json }) => `${JSON.stringify(sstable)}: ${json.trim()}`).join(',\n');
      expect(`{\n${text}\n}\n`).toBe(goldenDump(golden));
    });

    test.each(everyVersion)('selects from $version of $name, imported, what rows.json has', async (golden) => {
      const { now, tables } = goldenRows(golden);
      const { finalSchemaCql, sstables, version } = golden;
      expect(await judge.rows({ schemaCql: finalSchemaCql, dir: sstables, now, version })).toEqual(tables);
    });

    // The paths of list elements are time UUIDs made up by the server; counters take no timestamps but its own.
    test.each(everyVersion.filter(({ name }) => name !== 'lists' && name !== 'counters'))(
      'makes the Data.db of $version of $name again, byte by byte',
      async (golden) => {
        const { name, version, schemaCql, script } = golden;
        const out = join(scratch, `again-${version}-${name}`);
        const made = await judge.generate({ schemaCql, script, out, version });
        const committed = (await readdir(golden.sstables, { recursive: true })).filter((file) => file.endsWith('-Data.db'));
        expect([...made].sort()).toEqual(committed.sort());
        for (const file of made) {
          expect((await readFile(join(out, file))).equals(await readFile(join(golden.sstables, file))), file).toBe(true);
        }
      },
    );

    test('tells the metadata of an SSTable', async () => {
      const [metadata] = await judge.metadata(join(readGolden('timestamps').sstables, 'g', 'low', '..', '..'));
      expect(metadata).toMatchObject({
        sstable: 'g/low/nb-1-big-Data.db',
        version: 'nb',
        minTimestamp: '-1000000',
        maxTimestamp: '-999999',
        totalRows: '2',
      });
    });
  });

  describe('on what is damaged', () => {
    test('refuses a flipped byte in a compressed Data.db', async () => {
      const verdict = await verdictOf(await damaged('clustering', 'asc_lz4', 'Data.db', flipByteInTheMiddle));
      expect(verdict.ok).toBe(false);
      expect(verdict.errors.join('\n')).toContain('checksum');
    });

    test('refuses a flipped byte in a Data.db that is not compressed', async () => {
      const verdict = await verdictOf(await damaged('clustering', 'desc_plain', 'Data.db', flipByteInTheMiddle));
      expect(verdict.ok).toBe(false);
      expect(verdict.errors.join('\n')).toContain('checksums');
    });

    test('refuses a truncated Index.db', async () => {
      const cut = async (path: string): Promise<void> => truncate(path, (await readFile(path)).length - 9);
      const verdict = await verdictOf(await damaged('many', 'lz4', 'Index.db', cut));
      expect(verdict.ok).toBe(false);
      expect(verdict.errors.join('\n')).toMatch(/sstableverify|open|keys/);
    });

    test('refuses a wrong Digest.crc32', async () => {
      const verdict = await verdictOf(await damaged('deletes', 'd', 'Digest.crc32', (path) => writeFile(path, '1234567890')));
      expect(verdict.ok).toBe(false);
      expect(verdict.errors.join('\n')).toContain('sstableverify');
    });

    test('refuses a bloom filter that denies keys, which sstableverify does not notice', async () => {
      const verdict = await verdictOf(
        await damaged('many', 'plain', 'Filter.db', async (path) => writeFile(path, (await readFile(path)).fill(0, 8))),
      );
      expect(verdict.checks).toContain('sstableverify');
      expect(verdict.errors.join('\n')).toContain('the filter denies');
    });

    test('refuses a flipped byte in Statistics.db', async () => {
      const verdict = await verdictOf(await damaged('ttl', 't', 'Statistics.db', flipByteInTheMiddle));
      expect(verdict.ok).toBe(false);
    });

    test('refuses a TOC.txt that leaves a component out', async () => {
      const verdict = await verdictOf(await damaged('ttl', 'dflt', 'TOC.txt', (path) => writeFile(path, 'Data.db\nTOC.txt\n')));
      expect(verdict.errors.join('\n')).toContain('TOC.txt lists');
    });

    test('says that there was nothing to judge', async () => {
      const empty = await mkdtemp(join(scratch, 'empty-'));
      await expect(judge.verify({ schemaCql: '', dir: empty })).rejects.toMatchObject({ code: 'REQUEST_FAILED' });
    });
  });

  describe('as a node', () => {
    let node: CassandraNode;

    beforeAll(async () => {
      node = await judge.startNode();
    });

    const withoutHex = (rows: readonly RowView[]): unknown =>
      JSON.parse(JSON.stringify(rows, (key, value) => (key === 'hex' ? undefined : value)));

    test.each(['deletes', 'types', 'timestamps'])('selects the rows of %s after nodetool import', async (name) => {
      const golden = readGolden(name);
      await node.importAll({ schemaCql: golden.schemaCql, dir: golden.sstables });
      for (const [table, rows] of Object.entries(goldenRows(golden).tables)) {
        expect(await node.select('g', table.split('.')[1]), table).toEqual(withoutHex(rows));
      }
      await node.cql('DROP KEYSPACE g');
    });

    test('refuses to import what is damaged, and says why', async () => {
      const { schemaCql, sstables } = await damaged('clustering', 'asc_lz4', 'Data.db', flipByteInTheMiddle);
      const imported = node.importAll({ schemaCql, dir: sstables });
      await expect(imported).rejects.toMatchObject({ code: 'IMPORT_FAILED', message: expect.stringContaining('Corrupt') });
      await node.cql('DROP KEYSPACE g');
    });

    test('notices an import that takes nothing and reports success', async () => {
      const { schemaCql, script } = readGolden('composite_key');
      const out = join(scratch, 'oa');
      await judge.generate({ schemaCql, script, out, version: 'oa' });
      expect((await judge.verify({ schemaCql, dir: out })).map(({ errors }) => errors)).toEqual([[], []]);
      const imported = node.importAll({ schemaCql, dir: out });
      await expect(imported).rejects.toMatchObject({ code: 'IMPORT_FAILED', message: expect.stringContaining('took 0 of 1') });
      await node.cql('DROP KEYSPACE g');
    });

    test('takes writes through a driver', async () => {
      const client = node.client();
      await node.cql("CREATE KEYSPACE w WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      await node.cql('CREATE TABLE w.t (k int PRIMARY KEY, v text, m map<text, int>)');
      await client.execute('INSERT INTO w.t (k, v, m) VALUES (?, ?, ?) USING TIMESTAMP 7', [1, 'x', { a: 1 }], { prepare: true });
      expect(await node.select('w', 't')).toEqual([
        {
          k: { json: '1' },
          m: { json: '{"a": 1}', writetime: ['7'], ttl: [null] },
          v: { json: '"x"', writetime: '7', ttl: null },
        },
      ]);
    });
  });
});

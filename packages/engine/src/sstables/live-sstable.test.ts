import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';

/** A closed store of one SSTable in some chunks, the checksums of which are all wrong. */
async function storeOfWrongChecksums(chance: number): Promise<FaultyStorage> {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const schema = `CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c)) WITH crc_check_chance = ${chance}
    AND compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`;
  const db = await openDatabase({ storage, schema });
  for (let c = 0; c < 200; c++) await db.execute('INSERT INTO t (k, c, v) VALUES (1, ?, ?)', [c, `${c} `.repeat(100)]);
  await db.flush();
  await db.close();
  const file = storage.names.find((name) => name.endsWith('Data.db'))!;
  const info = new DataView(storage.contentOf(storage.names.find((name) => name.endsWith('CompressionInfo.db'))!).slice().buffer);
  // The offsets of chunks are the end of it, and each chunk ends with its checksum.
  const bytes = storage.contentOf(file).slice();
  const chunks: number[] = [];
  for (let at = info.byteLength - 8; chunks[0] !== 0; at -= 8) chunks.unshift(Number(info.getBigInt64(at)));
  expect(chunks.length).toBeGreaterThan(3);
  for (const end of [...chunks.slice(1), bytes.length]) bytes[end - 1] ^= 1;
  storage.place(file, bytes);
  return storage;
}

test.each([
  [0, 20],
  [1, 0],
])('crc_check_chance %d lets %d of 20 reads of chunks with a wrong checksum pass', async (chance, expected) => {
  const storage = await storeOfWrongChecksums(chance);
  let passed = 0;
  for (let time = 0; time < 20; time++) {
    const db = await openDatabase({ storage });
    try {
      const rows = await db.execute('SELECT v FROM t WHERE k = 1 AND c = 10');
      expect(rows.rowLength).toBe(1);
      passed++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'CORRUPTION' });
    } finally {
      await db.close();
    }
  }
  expect(passed).toBe(expected);
});

test('crc_check_chance 0.5 checks some chunks, the same ones whenever the store is opened', async () => {
  const storage = await storeOfWrongChecksums(0.5);
  const outcomes = new Set<string>();
  for (let time = 0; time < 5; time++) {
    const db = await openDatabase({ storage });
    const passed: number[] = [];
    for (let c = 0; c < 200; c += 10) {
      await db.execute('SELECT v FROM t WHERE k = 1 AND c = ?', [c]).then(
        () => passed.push(c),
        (error: unknown) => expect(error).toMatchObject({ code: 'CORRUPTION' }),
      );
    }
    await db.close();
    outcomes.add(passed.join());
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.length).toBeLessThan(20);
  }
  expect(outcomes.size).toBe(1);
});

import { describe, expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { SmallStore, together } from '../testing/small-store.ts';
import { RECORD_HEADER_SIZE, SEGMENT_HEADER_SIZE } from '../wal/index.ts';

const SEGMENT = 'wal-0000000001.log';

/** A store with five acknowledged writes in its WAL, where the record of each begins, and where all begin, descriptions of the store too. */
async function fiveWrites(): Promise<{ store: SmallStore; starts: number[]; all: number[] }> {
  const store = new SmallStore();
  await store.open();
  for (let c = 1; c <= 5; c++) await store.write(1, c);
  store.crash();
  const content = store.storage.contentOf(SEGMENT);
  const view = new DataView(content.buffer, content.byteOffset);
  const all: number[] = [];
  let at = SEGMENT_HEADER_SIZE;
  for (; at < content.length; at += RECORD_HEADER_SIZE + view.getUint32(at + 4)) all.push(at);
  all.push(at);
  expect([content.length, all.length]).toEqual([at, 8]);
  return { store, starts: all.slice(2), all };
}

async function remove({ storage }: SmallStore, name: string): Promise<void> {
  await storage.acquire();
  await storage.remove(name);
  await storage.sync();
  await storage.close();
}

describe('recovery', () => {
  test('ignores zeros at the end: a tail that was made in advance', async () => {
    const { store } = await fiveWrites();
    store.storage.place(SEGMENT, new Uint8Array([...store.storage.contentOf(SEGMENT), ...new Uint8Array(5000)]));
    const { recovery } = await store.open();
    expect(recovery).toMatchObject({ mutationsReplayed: 5, tornTails: [], corruption: [] });
  });

  test('of a segment cut anywhere brings back the whole records before the cut, and finds the same again', async () => {
    const { length } = (await fiveWrites()).store.storage.contentOf(SEGMENT);
    for (let cut = SEGMENT_HEADER_SIZE; cut < length; cut += cut < length - 450 ? 31 : 5) {
      const { store, starts, all } = await fiveWrites();
      store.storage.place(SEGMENT, store.storage.contentOf(SEGMENT).slice(0, cut));
      const records = Math.max(0, starts.filter((start) => start <= cut).length - 1);
      const last = all.findLast((start) => start <= cut)!;
      const rows = ['1/1=1', '1/2=2', '1/3=3', '1/4=4'].slice(0, records);
      for (const time of ['first', 'second']) {
        const { recovery } = await store.open();
        // Without a whole record nothing of the segment is needed, so that it is gone the second time.
        const gone = time === 'second' && records === 0;
        const torn = cut === last || gone ? [] : [last];
        expect(
          [recovery.mutationsReplayed, recovery.corruption, recovery.tornTails.map(({ offset }) => offset), store.rows()],
          `cut to ${cut}, ${time} time`,
        ).toEqual([records, [], torn, rows]);
        store.crash();
      }
    }
  });

  test('of a segment that another follows tells what is missing at its end as lost, and not as a torn tail', async () => {
    const cuts = ['between records', 'in a record', 'in the first record', 'none', 'a bit of the last record'] as const;
    for (const cut of cuts) {
      const { store, starts } = await fiveWrites();
      await store.open();
      await store.write(2, 2);
      store.crash();
      const content = store.storage.contentOf(SEGMENT);
      const from = { 'between records': starts[3], 'in a record': starts[3] + 9, 'in the first record': starts[0] + 1 };
      if (cut === 'a bit of the last record') store.storage.flipBit(SEGMENT, starts[5] - 3, 1);
      else if (cut !== 'none') store.storage.place(SEGMENT, content.slice(0, from[cut]));
      const { recovery } = await store.open();
      const offset = { 'between records': starts[3], 'in a record': starts[3], 'in the first record': starts[0], none: 0 };
      const lost =
        cut === 'none' ? [] : [{ file: SEGMENT, offset: cut === 'a bit of the last record' ? starts[4] : offset[cut] }];
      const found = lost.map((one) => ({ ...one, size: content.length - one.offset }));
      expect([recovery.tornTails, recovery.corruption], cut).toMatchObject([[], found]);
      expect(store.engine.walRecovery().corruptBytes, cut).toBe(found[0]?.size ?? 0);
      const kept = recovery.corruption[0]?.setAside;
      const left = store.storage.contentOf(SEGMENT).slice(found[0]?.offset ?? content.length);
      expect(kept === undefined ? new Uint8Array(0) : store.storage.contentOf(kept), cut).toEqual(left);
      const rows = cut === 'none' ? 5 : starts.indexOf(found[0].offset);
      expect(store.rows(), cut).toHaveLength(rows + 1);
      // Told once.
      await store.write(3, 3);
      store.crash();
      expect((await store.open()).recovery.corruption, cut).toEqual([]);
    }
  });

  test('of a segment that a full one follows tells the same, and of one that a crash had torn what it was before', async () => {
    const { store } = await fiveWrites();
    const torn = store.storage.contentOf(SEGMENT).length - 3;
    store.storage.place(SEGMENT, store.storage.contentOf(SEGMENT).slice(0, torn));
    for (let n = 1; n <= 3; n++) {
      const { recovery } = await store.open();
      expect([recovery.tornTails, recovery.corruption]).toMatchObject([[{ file: SEGMENT }], []]);
      await store.write(n, n);
      await store.write(n, n + 1);
      store.crash();
    }
    const second = store.storage.contentOf('wal-0000000002.log');
    store.storage.place('wal-0000000002.log', second.slice(0, -5));
    const { recovery } = await store.open();
    expect(recovery.tornTails).toMatchObject([{ file: SEGMENT }]);
    expect(recovery.corruption).toMatchObject([{ file: 'wal-0000000002.log' }]);
    const [{ offset, size }] = recovery.corruption;
    expect(offset + size).toBe(second.length);
  });

  test('reports damage in the middle with its place, sets it aside and brings back the rest', async () => {
    const { store, starts } = await fiveWrites();
    const damaged = starts[2] + RECORD_HEADER_SIZE + 3;
    store.storage.flipBit(SEGMENT, damaged, 4);
    const lost = store.storage.contentOf(SEGMENT).slice(starts[2], starts[3]);
    const { recovery } = await store.open();
    const setAside = `aside-${SEGMENT}-${starts[2]}`;
    expect(recovery.mutationsReplayed).toBe(4);
    expect(recovery.tornTails).toEqual([]);
    expect(recovery.corruption).toMatchObject([{ file: SEGMENT, offset: starts[2], size: starts[3] - starts[2], setAside }]);
    expect(store.rows()).toEqual(['1/1=1', '1/2=2', '1/4=4', '1/5=5']);
    expect(store.storage.contentOf(setAside)).toEqual(lost);
    // It outlives the segment.
    await store.engine.flush();
    await store.engine.close();
    await store.open();
    expect(store.storage.names).toContain(setAside);
    expect(store.storage.names).not.toContain(SEGMENT);
    expect(store.engine.recovery.corruption).toEqual([]);
    expect(store.rows()).toEqual(['1/1=1', '1/2=2', '1/4=4', '1/5=5']);
  });

  test('tells of each segment, and of the WAL alone', async () => {
    const { store, starts } = await fiveWrites();
    store.storage.flipBit(SEGMENT, starts[1] + RECORD_HEADER_SIZE + 3, 4);
    const content = store.storage.contentOf(SEGMENT);
    store.storage.place(SEGMENT, content.slice(0, -2));
    const corrupt = starts[2] - starts[1];
    const { recovery } = await store.open();
    const torn = recovery.tornTails[0].size;
    expect(torn).toBeGreaterThan(RECORD_HEADER_SIZE);
    expect(recovery.segments).toEqual([
      { file: SEGMENT, bytes: content.length - 2, mutations: 3, mutationsSkipped: 0, tornBytes: torn, corruptBytes: corrupt },
    ]);
    const setAside = `aside-${SEGMENT}-${starts[1]}`;
    expect(store.engine.walRecovery()).toMatchObject({
      mutationsReplayed: 3,
      tornBytes: torn,
      corruptBytes: corrupt,
      setAside: [setAside],
    });
    await store.engine.flush();
    await store.engine.close();
    const later = (await store.open()).recovery;
    expect(later.filesAside).toEqual([{ file: setAside, bytes: corrupt }]);
    expect([store.engine.walRecovery().mutationsReplayed, store.engine.walRecovery().setAside]).toEqual([0, []]);
  });

  test('reads a record whose marker is damaged, and tells of it', async () => {
    for (let bit = 0; bit < 32; bit += 5) {
      const { store, starts } = await fiveWrites();
      store.storage.flipBit(SEGMENT, starts[2] + (bit >> 3), bit & 7);
      const { recovery } = await store.open();
      expect(recovery).toMatchObject({ mutationsReplayed: 5, tornTails: [] });
      expect(recovery.corruption).toMatchObject([{ file: SEGMENT, offset: starts[2], size: 4 }]);
    }
  });

  test('finds the records of a segment whose header is damaged, and tells of the header', async () => {
    for (let position = 0; position < SEGMENT_HEADER_SIZE; position++) {
      // Where the salt is.
      if (position >= 12 && position < 16) continue;
      const { store } = await fiveWrites();
      store.storage.flipBit(SEGMENT, position, 0);
      const { recovery } = await store.open();
      expect(recovery.mutationsReplayed, `byte ${position}`).toBe(5);
      expect(recovery.corruption).toMatchObject([{ file: SEGMENT, offset: 0, size: SEGMENT_HEADER_SIZE }]);
      expect(store.rows()).toHaveLength(5);
    }
  });

  test('tells of a WAL segment that is missing', async () => {
    const { store } = await fiveWrites();
    await remove(store, SEGMENT);
    const { recovery } = await store.open();
    expect(recovery.corruption).toMatchObject([{ file: SEGMENT, message: expect.stringMatching(/missing/) }]);
    // It is told once, and what is written from then on is as safe as ever.
    await store.write(2, 2);
    store.crash();
    await store.open();
    expect([store.engine.recovery.corruption, store.rows()]).toEqual([[], ['2/2=6']]);
  });

  test('tells of WAL segments that are missing between others', async () => {
    const { store } = await fiveWrites();
    for (const times of [1, 2, 3]) {
      await store.open();
      await store.write(times, times);
      store.crash();
    }
    await remove(store, 'wal-0000000002.log');
    await remove(store, 'wal-0000000003.log');
    const { recovery } = await store.open();
    expect(recovery.corruption).toMatchObject([
      { file: 'wal-0000000002.log', message: expect.stringContaining('wal-0000000003.log') },
    ]);
    expect(store.rows()).toHaveLength(6);
  });

  test('takes no segment for lost that never was: of a start that a crash cut off, of a disk that failed, or without a WAL', async () => {
    for (let changes = 0; changes < 12; changes++) {
      const store = new SmallStore();
      store.storage.crashAfter(changes);
      await store.open().catch(() => undefined);
      store.crash();
      expect((await store.open()).recovery.corruption, `${changes} changes`).toEqual([]);
      await store.write(1, 1);
      store.storage.failOn('create', 1);
      await store.engine.flush().catch(() => undefined);
      await store.engine.flush();
      await store.engine.close();
      for (const durability of [Durability.Disabled, Durability.SyncEachWrite, Durability.Disabled]) {
        expect((await store.open({ durability })).recovery.corruption).toEqual([]);
        await store.write(1, 2);
        await store.engine.flush();
        await store.write(1, 3);
        await store.engine.truncate(store.tables[0].id);
        await store.write(1, 4);
        if (durability === Durability.SyncEachWrite) store.crash();
        else await store.engine.close();
      }
      await store.open();
      expect(store.rows()).toHaveLength(1);
      await store.engine.close();
    }
  });

  test('sets a segment aside whose header is damaged where the salt is', async () => {
    const { store } = await fiveWrites();
    store.storage.flipBit(SEGMENT, 13, 0);
    const whole = store.storage.contentOf(SEGMENT);
    const { recovery } = await store.open();
    expect(recovery.corruption).toMatchObject([{ file: SEGMENT, offset: 0, size: whole.length }]);
    expect(store.storage.contentOf(`aside-${SEGMENT}-0`)).toEqual(whole);
  });

  test('reads a segment of version 1, which has no descriptions of the store', async () => {
    const { store, starts } = await fiveWrites();
    const { crc32c } = await import('@cassette/bytes');
    const content = store.storage.contentOf(SEGMENT);
    const header = content.slice(0, SEGMENT_HEADER_SIZE);
    header[7] = 1;
    new DataView(header.buffer).setUint32(16, crc32c(header, 0, 16));
    store.storage.place(SEGMENT, new Uint8Array([...header, ...content.subarray(starts[0])]));
    const { recovery } = await store.open();
    expect(recovery).toMatchObject({ mutationsReplayed: 5, tornTails: [], corruption: [] });
  });

  test('refuses a segment of a later version instead of taking it for damage', async () => {
    const { store } = await fiveWrites();
    const { encodeSegmentHeader } = await import('../wal/index.ts');
    const { crc32c } = await import('@cassette/bytes');
    const bytes = store.storage.contentOf(SEGMENT);
    const header = encodeSegmentHeader(1, 7);
    header[7] = 5;
    new DataView(header.buffer).setUint32(16, crc32c(header, 0, 16));
    bytes.set(header);
    store.storage.place(SEGMENT, bytes);
    await expect(store.open()).rejects.toMatchObject({ code: 'WAL_VERSION', data: { file: SEGMENT, version: 5 } });
    // It was left as it was, and nobody holds the store.
    expect(store.storage.contentOf(SEGMENT)).toEqual(bytes);
    await expect(store.open()).rejects.toMatchObject({ code: 'WAL_VERSION' });
  });

  test('tells of an SSTable that is damaged, keeps it, and opens the rest', async () => {
    const store = new SmallStore();
    await store.open();
    await store.write(1, 1);
    await store.write(1, 1, store.tables[1]);
    await store.engine.flush();
    await store.engine.close();
    const statistics = store.storage.names.filter((name) => name.includes('Statistics'));
    store.storage.flipBit(statistics[0], 40, 3);
    const { recovery } = await store.open();
    expect(recovery.corruption).toMatchObject([{ file: statistics[0] }]);
    expect(recovery.sstablesSetAside).toMatchObject([{ table: 'ks.t1', generation: 1 }]);
    expect(store.rows(store.tables[1])).toEqual(['1/1=2']);
    await store.write(2, 2);
    await store.engine.flush();
    await store.engine.close();
    expect(store.storage.names).toContain(statistics[0]);
    await store.open();
    expect(store.rows()).toEqual(['2/2=3']);
  });

  test('sweeps what a flush left that a crash cut off', async () => {
    const store = new SmallStore();
    await store.open();
    await store.write(1, 1);
    store.storage.failOn('commit', 1);
    await store.engine.flush().catch(() => undefined);
    const left = store.storage.names.filter((name) => name.includes('-nb-1-'));
    store.storage = store.storage.crash('keep');
    const { recovery } = await store.open();
    expect(left).toHaveLength(8);
    expect([...recovery.litterSwept].sort()).toEqual(left);
    expect(store.rows()).toEqual(['1/1=1']);
  });

  test('brings back all of a write or nothing', async () => {
    const store = new SmallStore();
    await store.open();
    await store.engine.apply(together(store.mutation(1, 1), store.mutation(2, 2, store.tables[1])));
    store.crash();
    const segment = store.storage.contentOf(SEGMENT);
    store.storage.place(SEGMENT, segment.slice(0, -1));
    await store.open();
    expect([store.rows(), store.rows(store.tables[1])]).toEqual([[], []]);
  });
});

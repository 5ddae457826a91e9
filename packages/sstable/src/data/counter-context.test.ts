import { fromHex, toHex } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import { decodeCounterContext, hasLegacyShards, SSTableReader } from '../index.ts';
import { CellFlag } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { goldenSSTables, goldenText } from '../testing/goldens.ts';

type Rows = Record<
  string,
  { k: { json: string }; c?: { json: string }; [column: string]: { json: string } | null | undefined }[]
>;

/** Key, clustering and column of each counter that lives, and its bytes. */
function counters(name: string): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const golden = goldenSSTables().find((one) => one.name.startsWith(name))!;
  const reader = SSTableReader.open(golden.descriptor, golden.files.sources());
  const cursor = reader.cursor({ partitions: { range: {} } });
  const take = (row: NonNullable<typeof cursor.staticRow>, clustering: string) => {
    for (let i = 0; i < row.cellCount; i++) {
      if ((row.cellFlags[i] & CellFlag.DELETED) !== 0) continue;
      const { name: column } = (row.isStatic ? reader.table.staticColumns : reader.table.regularColumns)[row.cellColumn[i]];
      const bytes = row.cellValueBytes[i].slice(row.cellValueFrom[i], row.cellValueTo[i]);
      found.set(
        `${new TextDecoder().decode(cursor.keyBytes.subarray(cursor.keyFrom, cursor.keyTo))}${clustering} ${column}`,
        bytes,
      );
    }
  };
  while (cursor.nextPartition()) {
    if (cursor.staticRow !== null) take(cursor.staticRow, '');
    for (let next = cursor.next(); next !== Unfiltered.END; next = cursor.next()) {
      if (next !== Unfiltered.ROW) continue;
      const { clusteringBytes, clusteringFrom, clusteringTo } = cursor.row;
      const size = clusteringTo - clusteringFrom;
      // One int: its header, and its value.
      const clustering =
        size === 0 ? '' : ` ${new DataView(clusteringBytes.buffer).getInt32(clusteringBytes.byteOffset + clusteringTo - 4)}`;
      take(cursor.row, clustering);
    }
  }
  return found;
}

describe.each(['nb', 'oa', 'da'])('counters that Cassandra wrote in %s', (version) => {
  test('have the shards that were put into them', () => {
    const found = counters(`${version}/counters/g/shards/`);
    const script = goldenText('nb', 'counters', 'script.cql') ?? '';
    const lines = [...script.matchAll(/^-- SHARDS shards (\S+) (\S+) (.+)$/gm)];
    expect(lines).toHaveLength(6);
    for (const [, key, column, shards] of lines) {
      const bytes = found.get(`${key} ${column}`)!;
      const decoded = decodeCounterContext(bytes, 0, bytes.length, 'Data.db').map(
        ({ kind, id, clock, count }) => `${kind}:${Number.parseInt(toHex(id.subarray(12)), 16)}:${clock}:${count}`,
      );
      expect(decoded.join(' ')).toBe(shards);
      expect(hasLegacyShards(bytes, 0, bytes.length)).toBe(/local|remote/.test(shards));
    }
  });

  test('sum up to what SELECT answers', () => {
    const { tables } = JSON.parse(goldenText(version, 'counters', 'rows.json') ?? '') as { tables: Rows };
    for (const table of ['c', 'plain', 'compacted', 'shards']) {
      const found = counters(`${version}/counters/g/${table}/`);
      let compared = 0;
      for (const row of tables[`g.${table}`]) {
        for (const column of ['n', 'm', 's']) {
          const answered = row[column];
          if (answered === null || answered === undefined) continue;
          const at = column === 's' || row.c == null ? '' : ` ${row.c.json}`;
          const bytes = found.get(`${JSON.parse(row.k.json)}${at} ${column}`)!;
          expect(nativeTypes.counter.toJson(bytes, 0, bytes.length)).toBe(answered.json);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(5);
    }
  });
});

test('bytes that are no context are corrupt', () => {
  for (const hex of ['', '00', '0001', '00018000', `00018000${'00'.repeat(31)}`, '7fff']) {
    const bytes = fromHex(hex)!;
    if (hex === '00018000') expect(decodeCounterContext(bytes, 0, bytes.length, 'f')).toEqual([]);
    else expect(() => decodeCounterContext(bytes, 0, bytes.length, 'f')).toThrow("a counter's value can't have");
  }
});

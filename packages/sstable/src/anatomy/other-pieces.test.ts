import { describe, expect, test } from 'vitest';
import { decodePartitionsFooter, TriePages, TrieWalker } from '../bti/index.ts';
import { Component } from '../descriptor/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { allParts, leavesOf } from '../testing/covered.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { sourceOf } from '../testing/memory-files.ts';
import { anatomyOf } from './component-anatomy.ts';
import type { Piece } from './index.ts';

const all = goldenSSTables();

/** The golden of that name, and the anatomy of one of its components. */
function of(name: string, component: Component) {
  const { descriptor, files } = all.find((one) => one.name.startsWith(name))!;
  const sources = files.sources();
  return { descriptor, sources, bytes: files.bytes(component), anatomy: anatomyOf(descriptor, sources, component) };
}

function named(pieces: Iterable<Piece>, name: string): Piece {
  for (const piece of pieces) if (piece.name === name) return piece;
  throw new Error(`there is no ${name}`);
}

test.each(['nb', 'oa', 'da'])('the pieces of a Statistics.db of %s say what is read from it', (version) => {
  const { descriptor, sources, anatomy } = of(`${version}/ttl/`, Component.STATISTICS);
  const { stats, header } = SSTableReader.open(descriptor, sources).statistics;
  const parts = [...allParts(anatomy, anatomy.root)];
  const ofStats = [...allParts(anatomy, named(parts, 'STATS'))];
  const values = (...names: string[]) => names.map((name) => named(ofStats, name).value.split(' ')[0]);
  expect(values('min timestamp', 'max timestamp', 'min ttl', 'max ttl', 'level', 'total rows', 'total columns set')).toEqual(
    [stats.minTimestamp, stats.maxTimestamp, stats.minTtl, stats.maxTtl, stats.level, stats.totalRows, stats.totalColumnsSet].map(
      String,
    ),
  );
  const ofHeader = [...allParts(anatomy, named(parts, 'HEADER'))];
  const columns = [...allParts(anatomy, named(ofHeader, 'regular columns'))].slice(1);
  expect(columns.map(({ value }) => value)).toEqual(header.regularColumns.map(({ name, type }) => `${name}: ${type}`));
  expect(named(ofHeader, 'min timestamp').value.split(' ')[0]).toBe(String(header.stats.minTimestamp));
  expect(parts.filter(({ kind }) => kind === 'checksum').map(({ value }) => value.split(', ')[1])).toEqual(
    new Array(6).fill('as it should be'),
  );
});

describe.each(['da/wide/g/blocks/', 'da/pages/g/partitions/'])('the tries of %s', (name) => {
  test('consist of the nodes that are reached from their roots, and of what fills pages up', () => {
    const { sources, anatomy } = of(name, Component.PARTITIONS);
    const source = sources[Component.PARTITIONS]!;
    const walker = new TrieWalker(new TriePages(source));
    const reached = new Set([decodePartitionsFooter(source).root]);
    for (const position of reached) {
      walker.go(position);
      for (let slot = 0; slot < walker.slots; slot++) if (walker.child(slot) >= 0) reached.add(walker.child(slot));
    }
    const trie = named(allParts(anatomy, anatomy.root), 'trie');
    const nodes: number[] = [];
    for (const page of allParts(anatomy, trie)) {
      for (const piece of allParts(anatomy, page)) if (piece.name === 'node') nodes.push(piece.from);
    }
    expect(nodes).toEqual([...reached].sort((a, b) => a - b));
  });
});

test('a node of a row index tells where its children are, and its payload', () => {
  const { anatomy } = of('da/wide/g/blocks/', Component.ROWS);
  const index = named(allParts(anatomy, anatomy.root), 'row index');
  const [trie, entry] = allParts(anatomy, index);
  expect([trie.name, entry.name, entry.value]).toEqual(['trie', 'entry', '1']);
  const root = named(allParts(anatomy, entry), 'root').value;
  const nodes = [...allParts(anatomy, trie)];
  const node = nodes.find(({ name, from }) => name === 'node' && String(from) === root)!;
  expect(named(allParts(anatomy, node), 'children').value).toMatch(/^[0-9a-f]{2} → [0-9]+/);
  const blocks = nodes.flatMap((one) =>
    [...allParts(anatomy, one)].filter(({ name }) => name === 'payload').map(({ value }) => value),
  );
  expect(blocks.length).toBeGreaterThanOrEqual(Number(named(allParts(anatomy, entry), 'block count').value));
});

test('a chunk that was changed has a wrong checksum, and the others do not', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/chunks/'))!;
  const bytes = files.bytes(Component.DATA);
  const changed = bytes.slice();
  changed[5] ^= 1;
  const source = sourceOf(changed, 'Data.db');
  const anatomy = anatomyOf(descriptor, { ...files.sources(), [Component.DATA]: source }, Component.DATA);
  const checksums = [...leavesOf(anatomy)].filter(({ name }) => name === 'checksum');
  expect(checksums.map(({ kind }) => kind)).toEqual(['damage', ...new Array(checksums.length - 1).fill('checksum')]);
  expect(checksums[0].value).toMatch(/^\d+, and the bytes have \d+$/);
});

test('an entry of Index.db with a row index has its blocks, and where each begins', () => {
  const { anatomy } = of('nb/wide/g/blocks/', Component.INDEX);
  const [entry] = allParts(anatomy, anatomy.root);
  const rowIndex = named(allParts(anatomy, entry), 'row index');
  const parts = [...allParts(anatomy, rowIndex)];
  expect(parts.map(({ name }) => name)).toEqual(['header length', 'partition deletion', 'block count', 'blocks', 'block places']);
  const [, , count, blocks, places] = parts;
  const all_ = [...allParts(anatomy, blocks)];
  expect([all_.length, [...allParts(anatomy, places)].map(({ value }) => value)]).toEqual([
    Number(count.value),
    all_.map(({ from }) => String(from - blocks.from)),
  ]);
  expect([...allParts(anatomy, all_[0])].map(({ name }) => name).slice(0, 5)).toEqual([
    'first name',
    'last name',
    'offset',
    'width',
    'has open marker',
  ]);
});

test('a summary, a filter, checksums and a table of contents tell what they have', () => {
  const summary = of('nb/many/', Component.SUMMARY).anatomy;
  const entries = [...allParts(summary, named(allParts(summary, summary.root), 'entries'))];
  expect(entries.length).toBe(Number(named(allParts(summary, summary.root), 'sample count').value));
  const filter = of('nb/many/', Component.FILTER);
  const words = [...allParts(filter.anatomy, named(allParts(filter.anatomy, filter.anatomy.root), 'bits'))];
  expect(words.length).toBe((filter.bytes.length - 8) / 8);
  expect(words[0].value).toMatch(/^bits 0 to 63: \d+ set$/);
  const toc = of('nb/many/', Component.TOC).anatomy;
  expect([...allParts(toc, toc.root)].map(({ value }) => value)).toContain('Data.db');
  const digest = of('nb/many/', Component.DIGEST);
  expect([...allParts(digest.anatomy, digest.anatomy.root)].map(({ value }) => value)).toEqual([
    new TextDecoder().decode(digest.bytes),
  ]);
});

test('of a Data.db that was cut the rows of the chunks that are left are shown', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/wide/g/blocks/'))!;
  const whole = anatomyOf(descriptor, files.sources(), Component.DATA, { uncompressed: true });
  const stored = files.bytes(Component.DATA);
  const cut = sourceOf(stored.subarray(0, stored.length >> 1), 'Data.db');
  const anatomy = anatomyOf(descriptor, { ...files.sources(), [Component.DATA]: cut }, Component.DATA, { uncompressed: true });
  expect(anatomy.root.to).toBe(whole.root.to);
  expect(anatomy.leaves(0, 5000, 1000)).toEqual(whole.leaves(0, 5000, 1000));
  expect([...leavesOf(anatomy)].some(({ kind }) => kind === 'damage')).toBe(true);
});

import type { Draw } from './draw.ts';
import type { RandomColumn } from './random-table.ts';

/** The WITH of a table, or nothing: any order of clusterings, and any options that its files depend on. Counters have no TTL. */
export function drawOptions(clustering: readonly RandomColumn[], draw: Draw, isCounter = false): string {
  const chosen: string[] = [];
  if (clustering.length > 0 && draw.chance(50)) {
    chosen.push(`CLUSTERING ORDER BY (${clustering.map(({ name }) => `${name} ${draw.pick(['ASC', 'DESC'])}`).join(', ')})`);
  }
  if (draw.chance(75)) chosen.push(`compression = ${drawCompression(draw)}`);
  if (!isCounter && draw.chance(10)) chosen.push(`default_time_to_live = ${draw.pick([40, 5000])}`);
  if (draw.chance(25)) chosen.push(`bloom_filter_fp_chance = ${draw.pick([0.00007, 0.001, 0.05, 0.1, 0.9, 1])}`);
  if (draw.chance(15)) chosen.push(`crc_check_chance = ${draw.pick([0, 0.25, 1])}`);
  if (draw.chance(15)) chosen.push(`min_index_interval = ${draw.pick([1, 2, 64])}`);
  return chosen.length === 0 ? '' : ` WITH ${chosen.join(' AND ')}`;
}

/** A map for `compression`: every compressor with every option that it has. */
export function drawCompression(draw: Draw): string {
  if (draw.chance(15)) return "{'enabled': false}";
  const entries = draw.pick([
    () => ["'class': 'LZ4Compressor'"],
    () => ["'class': 'LZ4Compressor'", "'lz4_compressor_type': 'fast'"],
    () => [
      "'class': 'LZ4Compressor'",
      "'lz4_compressor_type': 'high'",
      ...(draw.chance(50) ? [`'lz4_high_compressor_level': ${draw.int(1, 17)}`] : []),
    ],
    () => ["'class': 'SnappyCompressor'"],
    () => ["'class': 'DeflateCompressor'"],
    () => ["'class': 'ZstdCompressor'", ...(draw.chance(60) ? [`'compression_level': ${draw.pick([-5, 1, 3, 9, 19])}`] : [])],
    () => ["'class': 'NoopCompressor'"],
  ])();
  if (draw.chance(70)) entries.push(`'chunk_length_in_kb': ${draw.pick([1, 1, 2, 4, 4, 8, 16, 32, 64, 128])}`);
  if (draw.chance(35)) entries.push(`'min_compress_ratio': ${draw.pick([0, 1, 1.1, 1.5, 2, 3, 100])}`);
  return `{${entries.join(', ')}}`;
}

import { anatomyOf } from '../anatomy/index.ts';
import { Component, printFileName } from '../descriptor/index.ts';
import type { SSTableSources } from '../reader/index.ts';
import { leavesOf } from '../testing/covered.ts';
import { sourceOf } from '../testing/memory-files.ts';
import type { Specimen } from './specimen.ts';

// The few places where damage is not seen, or gives other rows: each with its reason.

/** Of damage that `verify` did not find: whether it made another file that is as right as the first. */
export function harmlessPlaces(specimen: Specimen, component: Component): (damaged: Uint8Array) => boolean {
  const only = (...names: readonly string[]) => {
    const touched = touchedFields(specimen, component);
    return (damaged: Uint8Array) => touched(damaged)?.every((name) => names.includes(name)) ?? false;
  };
  switch (component) {
    case Component.SUMMARY:
      // How much a summary was thinned out tells nothing of one with a handful of samples.
      return only('sampling level');
    case Component.INDEX:
      // Whether the byte that ends a partition counts to its last block: where that was full before, Cassandra leaves it out.
      return only('width');
    case Component.CRC:
      // One checksum for all of a small file, whatever more it might cover.
      return only('chunk length');
    case Component.COMPRESSION_INFO:
      // From which length on payloads would be raw, where none is so long.
      return only('max compressed length');
    case Component.PARTITIONS:
      // Nobody goes to where a page was filled up; and a partition may be said to lie in Data.db where its row index leads, which then is
      // not used. Any other position is not the partition's.
      return only('padding', 'position');
    case Component.ROWS:
      // Any name that lies between those of two blocks separates them.
      return only('children', 'padding');
    case Component.TOC: {
      // Names may stand there twice, and in any order.
      const good = namesIn(specimen.files.get(component)!);
      return (damaged) => namesIn(damaged) === good;
    }
    default:
      return () => false;
  }
}

/** Of reads that gave other rows: whether the index alone says what is wrong there, and only reading more than was asked for would tell. */
export function believedPlaces(
  specimen: Specimen,
  component: Component,
): (damaged: Uint8Array, reads: readonly string[]) => boolean {
  if (component === Component.PARTITIONS) {
    // That a partition is hidden between others shows where all of them are counted, and where a key is looked up; not in a range that
    // ends before the last one and takes slices, so that the rest of each partition is not read.
    return (_, reads) => reads.every((read) => /^range \["(start",")?end"\], /.test(read));
  }
  if (component === Component.ROWS) {
    // That nothing is open before a block: the block before would have to be read.
    const touched = touchedFields(specimen, component);
    const names = ['type and payload flags', 'marked for delete at', 'flags'];
    return (damaged, reads) =>
      reads.every((read) => read.includes(' slices')) && (touched(damaged)?.some((name) => names.includes(name)) ?? false);
  }
  return () => false;
}

/** Which fields a damaged file has other bytes in; null where it has another length. */
function touchedFields({ descriptor, files }: Specimen, component: Component): (damaged: Uint8Array) => string[] | null {
  const sources: SSTableSources = {};
  for (const [one, bytes] of files) sources[one] = sourceOf(bytes, printFileName(descriptor, one));
  const good = files.get(component)!;
  const names: string[] = new Array(good.length);
  for (const { name, from, to } of leavesOf(anatomyOf(descriptor, sources, component))) names.fill(name, from, to);
  return (damaged) => {
    if (damaged.length !== good.length) return null;
    const touched = new Set<string>();
    for (let at = 0; at < good.length; at++) if (damaged[at] !== good[at]) touched.add(names[at]);
    return [...touched];
  };
}

function namesIn(toc: Uint8Array): string {
  const names = new TextDecoder().decode(toc).split('\n');
  return [...new Set(names.filter((name) => name !== ''))].sort().join('\n');
}

import { type Annotation, annotateComponent, fieldsOf } from '../annotate/index.ts';
import { Component, printFileName } from '../descriptor/index.ts';
import type { SSTableSources } from '../reader/index.ts';
import { sourceOf } from '../testing/memory-files.ts';
import type { Specimen } from './specimen.ts';

// The few places where damage is not seen, or gives other rows: each with its reason.

/** Of what `verify` did not find: whether the damage made another file that is as right as the first. Places as damages tell them. */
export function harmlessPlaces(specimen: Specimen, component: Component): (place: string) => boolean {
  const fields = leaves(specimen, component);
  const touches = (place: string, name: string) => touched(fields, place).some((field) => field.name === name);
  switch (component) {
    case Component.SUMMARY:
      // How much a summary was thinned out tells nothing of one with a handful of samples.
      return (place) => touches(place, 'samplingLevel');
    case Component.CRC:
      // One checksum for all of a small file, whatever more it might cover.
      return (place) => touches(place, 'chunkLength');
    case Component.COMPRESSION_INFO:
      // From which length on payloads would be raw, where none is so long.
      return (place) => touches(place, 'maxCompressedLength');
    case Component.ROWS:
      // Any name that lies between those of two blocks separates them.
      return (place) => touches(place, 'children');
    case Component.TOC:
      // Names may stand there twice.
      return (place) => /bytes more/.test(place);
    default:
      return () => false;
  }
}

/** Of reads that gave other rows: whether the index alone says what is wrong there, and only reading more than was asked for would tell. */
export function believedPlaces(specimen: Specimen, component: Component): (place: string) => boolean {
  if (component === Component.PARTITIONS) {
    // That a partition is hidden between others shows where all of them are counted, and where a key is looked up; not in a range that
    // ends before the last one and takes slices, so that the rest of each partition is not read.
    return (place) =>
      place
        .replace(/^[^:]*: [^:]*: /, '')
        .split('; ')
        .every((read) => /^range \["(start",")?end"\], /.test(read));
  }
  if (component === Component.ROWS) {
    // That nothing is open before a block: the block before would have to be read.
    const fields = leaves(specimen, component);
    return (place) =>
      / slices/.test(place) &&
      touched(fields, place).some(
        ({ name }) => name === 'type and payload flags' || name === 'markedForDeleteAt' || name === 'flags',
      );
  }
  return () => false;
}

function leaves({ descriptor, files }: Specimen, component: Component): Annotation[] {
  const sources: SSTableSources = {};
  for (const [one, bytes] of files) sources[one] = sourceOf(bytes, printFileName(descriptor, one));
  return [...annotateComponent(descriptor, sources, component)].flatMap((annotation) => [...fieldsOf(annotation)]);
}

function touched(fields: readonly Annotation[], place: string): Annotation[] {
  const [, from, to] = /bytes? (\d+)(?: to (\d+))?/.exec(place) ?? [];
  if (from === undefined) return [];
  const end = to === undefined ? Number(from) + 1 : Number(to);
  return fields.filter(({ offset, length }) => offset < end && offset + length > Number(from));
}

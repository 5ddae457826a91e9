import { INVALID_DELETION_TIME } from '../data/deletion-time-codec.ts';
import type { Words } from './part.ts';
import type { PartReader } from './part-reader.ts';
import { secondsText, timestampText } from './value-text.ts';

const MARKED: Words = [
  'time',
  'marked for delete at',
  'Microseconds: everything with this timestamp or an earlier one is deleted. -2^63 where nothing is.',
];
const LOCAL: Words = [
  'time',
  'local deletion time',
  'Seconds of the clock of the node that deleted: gc_grace_seconds later compaction may forget the deletion.',
];
const LIVE: Words = [
  'flags',
  'flags',
  'Since version oa one byte says that nothing is deleted; else its highest bit is 0, as in every timestamp after 1970.',
];

const NOTHING = 'not deleted';
const NB_NONE = 0x7fffffff;

/**
 * A deletion in its fixed form, as heads of partitions and indexes have it. `compact` is the form of oa and da. Returns it as text.
 */
export function fixedDeletionParts(reader: PartReader, words: Words, compact: boolean): void {
  reader.group(words, () => {
    if (!compact) {
      const seconds = reader.i32(LOCAL, localText);
      const micros = reader.i64(MARKED, timestampText);
      return deletionText(micros, seconds);
    }
    if (reader.remaining > 0 && reader.peek() >= 0x80) {
      const at = reader.position;
      if (reader.u8(LIVE, () => 'LIVE') !== 0x80) throw reader.corrupt('a deletion time has flags that nothing has', at);
      return NOTHING;
    }
    const micros = reader.i64(MARKED, timestampText);
    return deletionText(micros, reader.u32(LOCAL, localText));
  });
}

/** What a deletion says, in one line. */
export function deletionText(micros: bigint, seconds: number): string {
  return micros === -(2n ** 63n) ? NOTHING : `deleted up to ${timestampText(micros)}, at ${secondsText(seconds)}`;
}

/** Seconds that may stand for none. */
export function localText(seconds: number): string {
  if (seconds === NB_NONE || seconds === 0xffffffff) return 'none';
  return seconds === INVALID_DELETION_TIME ? 'invalid' : secondsText(seconds);
}

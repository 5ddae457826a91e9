import { bytes, count } from '../../text/numbers.ts';
import { NotThere, useAsked } from '../asked.tsx';
import { inspector } from '../inspected.ts';
import type { InspectedSSTable, SSTableFacts } from '../worker/inspector.ts';
import { FilterOf } from './filter-of.tsx';
import { Histogram } from './histogram.tsx';
import { TokenRing } from './token-ring.tsx';
import { TriePicture } from './trie-picture.tsx';

/** An SSTable in pictures: how large its partitions are, where they lie on the ring, its filter, its tries. */
export function PicturesTab({ sstable }: { sstable: InspectedSSTable }) {
  const facts = useAsked(() => inspector().facts(sstable.id), [sstable.id]);
  if (facts.state !== 'there') return <NotThere asked={facts} />;
  const has = (component: string) => sstable.components.some((one) => one.component === component);
  return (
    <div class="pictures">
      <Sizes facts={facts.value} />
      <TokenRing id={sstable.id} partitions={facts.value.partitions} />
      {has('Filter.db') && <FilterOf id={sstable.id} />}
      {has('Partitions.db') && <TriePicture id={sstable.id} partitions={facts.value.partitions} />}
    </div>
  );
}

function Sizes({ facts }: { facts: SSTableFacts }) {
  const { partitionSizes, cellsPerPartition, tombstoneTimes } = facts;
  return (
    <>
      <Histogram
        title="Partition sizes"
        buckets={partitionSizes}
        label={(bound) => `≤ ${bytes(bound)}`}
        of="partition"
        text="How many bytes a partition takes before compression. A few that are far larger than the others are where reads and compactions are slow."
      />
      <Histogram
        title="Cells per partition"
        buckets={cellsPerPartition}
        label={(bound) => `≤ ${count(bound)}`}
        of="partition"
        text="How many cells a partition has, tombstones included."
      />
      {tombstoneTimes.length > 0 && (
        <Histogram
          title="When tombstones and expiring cells may go"
          buckets={tombstoneTimes}
          label={(seconds) => dayOf(seconds)}
          of="tombstone"
          text="Their local deletion times. From gc_grace_seconds after one on, a compaction may drop it, if nothing older lies in other SSTables."
        />
      )}
    </>
  );
}

function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().slice(0, 16).replace('T', ' ');
}

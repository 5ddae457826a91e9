import type { SSTableStats } from '@cassette/client';

/** As Cassandra calls an SSTable, of what its files are called in a store: `nb-1-big`, `da-7-bti`. */
export function sstableName({ components, generation }: Pick<SSTableStats, 'components' | 'generation'>): string {
  const found = /^[0-9a-f]{32}-([a-z]{2}-.+-[a-z]+)-[^-]+$/.exec(components[0]?.file ?? '');
  return found?.[1] ?? `SSTable ${generation}`;
}

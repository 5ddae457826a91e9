// Which SSTable is looked at, and how blocks are coloured.

import type { SSTableStats, TableStats } from '@cassette/client';
import { signal } from '@preact/signals';

/** The SSTable under the pointer or with the focus; null for none. */
export const looked = signal<{ readonly table: TableStats; readonly sstable: SSTableStats; readonly band: string } | null>(null);

/** What the colour of a block tells. */
export const colouring = signal<'level' | 'age'>('level');

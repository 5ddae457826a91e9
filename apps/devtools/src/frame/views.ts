// The views of the page, in the order in which they are offered.

import type { RemoteDatabase } from '@cassette/client';
import type { ComponentType } from 'preact';
import { isEmbedded } from './host.ts';

/** What every view is given. */
export interface ViewProps {
  readonly database: RemoteDatabase;
}

/** One of the page's views. */
export interface View {
  /** Names it in links. */
  readonly id: string;
  readonly title: string;
  /** What one finds there, in some words. */
  readonly hint: string;
  /** A path in a square of 24, drawn in lines. */
  readonly icon: string;
}

/** A view whose code comes when it is first shown. */
export interface LateView extends View {
  load(): Promise<{ readonly View: ComponentType<ViewProps> }>;
}

/** The console, which is always there: what is written in it stays while others are looked at. */
export const consoleView: View = {
  id: 'console',
  title: 'Console',
  hint: 'CQL and its results',
  icon: 'M4 5h16v14H4zM7.5 9l3 3-3 3M12.5 15h4',
};

/** Those that come later: a line for each. */
const lateViews: readonly LateView[] = [
  {
    id: 'engine',
    title: 'Engine',
    hint: 'Log, memtables, SSTables and compactions at work; load and crashes',
    icon: 'M4 6c0-1.4 3.6-2.5 8-2.5S20 4.6 20 6s-3.6 2.5-8 2.5S4 7.4 4 6zM4 6v12c0 1.4 3.6 2.5 8 2.5s8-1.1 8-2.5V6M4 12c0 1.4 3.6 2.5 8 2.5s8-1.1 8-2.5',
    load: () => import('../engine/engine-view.tsx').then(({ EngineView }) => ({ View: EngineView })),
  },
  {
    id: 'inspector',
    title: 'Inspector',
    hint: 'Each byte of an SSTable, its rows, pictures of it',
    icon: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20M8 9h5M8 12h3',
    load: () => import('../inspector/inspector-view.tsx').then(({ InspectorView }) => ({ View: InspectorView })),
  },
  {
    id: 'storage',
    title: 'Storage',
    hint: 'Files, room, stores, export and import',
    icon: 'M3.5 7.5 12 3.5l8.5 4v9l-8.5 4-8.5-4zM3.5 7.5l8.5 4 8.5-4M12 11.5v9',
    load: () => import('../storage/storage-view.tsx').then(({ StorageView }) => ({ View: StorageView })),
  },
  {
    id: 'tour',
    title: 'Tour',
    hint: 'The life of a write, step by step',
    icon: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM15.5 8.5l-2 5-5 2 2-5z',
    load: () => import('../tour/tour-view.tsx').then(({ TourView }) => ({ View: TourView })),
  },
];

/** Those that are offered here: the tour writes into the store, and an app's own is not for that. */
export function lateViewsHere(): readonly LateView[] {
  return isEmbedded.value ? lateViews.filter(({ id }) => id !== 'tour') : lateViews;
}

/** All that are offered; the number of each is its key together with Alt. */
export function viewsHere(): readonly View[] {
  return [consoleView, ...lateViewsHere()];
}

// The views of the page, in the order in which they are offered.

import type { RemoteDatabase } from '@cassette/client';
import type { ComponentType } from 'preact';

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
export const lateViews: readonly LateView[] = [];

/** All views; the number of each is its key together with Alt. */
export const views: readonly View[] = [consoleView, ...lateViews];

// <cassette-devtools>: the devtools inside of any app, over its own store.

import type { RemoteDatabase } from '@cassette/client';
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { isEmbedded } from './frame/host.ts';
import { go } from './frame/route.ts';
import { leaveStore, showStore } from './store/session.ts';
import elementStyles from './style/element.css?inline';
import styles from './style/main.css?inline';

/** Where the element lies: in the app's own layout, or along an edge of the window. */
export type Dock = 'none' | 'bottom' | 'right';

const docks: readonly Dock[] = ['none', 'bottom', 'right'];
const leastPixels = 160;
/** What an arrow key moves the edge by. Pixels. */
const stepPixels = 24;

/** The one whose store is shown, and those that came while it was there, in their order: what is shown is kept once a page. */
let holder: CassetteDevtools | null = null;
const others: CassetteDevtools[] = [];

/**
 * The devtools as an element. Give it the app's database as a property: `element.database = db`. Attributes: `view` (`console`, `engine`,
 * `inspector`, `storage`, `tour`) is what it shows first, `dock` (`none`, `bottom`, `right`) where it lies; docked, its edge is dragged, or moved by
 * the arrow keys, and a button takes it away, which is told as an event `close`. Styles stay within. One element a page shows a store: another
 * says so, and has its turn when the first is gone.
 */
export class CassetteDevtools extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ['view', 'dock'];

  private shown: RemoteDatabase | null = null;
  private readonly inside: HTMLElement;
  private readonly edge: HTMLElement;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${styles}\n${elementStyles}`);
    root.adoptedStyleSheets = [sheet];
    this.edge = document.createElement('div');
    this.edge.className = 'dock-edge';
    this.edge.tabIndex = 0;
    this.edge.setAttribute('role', 'separator');
    this.edge.setAttribute('aria-label', 'Size of the devtools');
    this.edge.addEventListener('pointerdown', (event) => this.drag(event));
    this.edge.addEventListener('keydown', (event) => this.step(event));
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'dock-close quiet';
    close.setAttribute('aria-label', 'Close the devtools');
    close.textContent = '✕';
    close.addEventListener('click', () => this.close());
    this.inside = document.createElement('div');
    this.inside.className = 'inside';
    root.append(this.edge, close, this.inside);
  }

  /** The store that is looked at; null shows nothing. It stays the app's: the element never closes it. */
  get database(): RemoteDatabase | null {
    return this.shown;
  }
  set database(database: RemoteDatabase | null) {
    this.shown = database;
    if (this.isConnected) this.show();
  }

  /** Where it lies; the attribute `dock`. */
  get dock(): Dock {
    const said = this.getAttribute('dock') as Dock;
    return docks.includes(said) ? said : 'none';
  }
  set dock(dock: Dock) {
    this.setAttribute('dock', dock);
  }

  /** Takes it off the page and tells so by an event `close`; the store goes on. */
  close(): void {
    this.dispatchEvent(new Event('close'));
    this.remove();
  }

  connectedCallback(): void {
    isEmbedded.value = true;
    this.takeEarlier('database');
    this.takeEarlier('dock');
    addEventListener('resize', this.describeEdge);
    if (holder === null) this.begin();
    else {
      others.push(this);
      this.show();
    }
  }

  disconnectedCallback(): void {
    removeEventListener('resize', this.describeEdge);
    render(null, this.inside);
    if (holder === this) {
      holder = null;
      leaveStore();
      others.shift()?.begin();
    } else others.splice(others.indexOf(this), 1);
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    if (!this.isConnected) return;
    if (name === 'view' && value !== null && holder === this) go(value);
    if (name === 'dock') this.describeEdge();
  }

  /** What was set before the browser knew the element is a property of the instance, in front of the class's own. */
  private takeEarlier(name: 'database' | 'dock'): void {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete (this as Partial<Pick<CassetteDevtools, typeof name>>)[name];
    Object.assign(this, { [name]: value });
  }

  private begin(): void {
    holder = this;
    const view = this.getAttribute('view');
    if (view !== null) go(view);
    this.show();
    this.describeEdge();
  }

  private show(): void {
    if (holder !== this) {
      render(
        <p class="second">The devtools are shown elsewhere on this page, and once at a time: close them there.</p>,
        this.inside,
      );
    } else if (this.shown === null) {
      render(null, this.inside);
      leaveStore();
    } else {
      showStore(this.shown);
      render(<App />, this.inside);
    }
  }

  /** What the edge is to who can't see it: how many pixels of the window the element takes, of how many. */
  private readonly describeEdge = (): void => {
    const isRight = this.dock === 'right';
    const { width, height } = this.getBoundingClientRect();
    const say = (name: string, value: string | number) => this.edge.setAttribute(`aria-${name}`, String(value));
    say('orientation', isRight ? 'vertical' : 'horizontal');
    say('valuemin', leastPixels);
    say('valuemax', this.mostPixels());
    say('valuenow', Math.round(isRight ? width : height));
  };

  private mostPixels(): number {
    return Math.max((this.dock === 'right' ? innerWidth : innerHeight) - leastPixels / 2, leastPixels);
  }

  /** How many pixels the element takes of the window. */
  private resize(pixels: number): void {
    const size = Math.round(Math.min(Math.max(pixels, leastPixels), this.mostPixels()));
    this.style.setProperty('--dock-size', `${size}px`);
    this.describeEdge();
  }

  private drag(event: PointerEvent): void {
    event.preventDefault();
    const { edge } = this;
    edge.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) =>
      this.resize(this.dock === 'right' ? innerWidth - moved.clientX : innerHeight - moved.clientY);
    const end = () => {
      edge.removeEventListener('pointermove', move);
      edge.removeEventListener('pointerup', end);
      edge.removeEventListener('pointercancel', end);
    };
    edge.addEventListener('pointermove', move);
    edge.addEventListener('pointerup', end);
    edge.addEventListener('pointercancel', end);
  }

  private step(event: KeyboardEvent): void {
    const isRight = this.dock === 'right';
    const { width, height } = this.getBoundingClientRect();
    const size = isRight ? width : height;
    const sizes: Readonly<Record<string, number>> = {
      [isRight ? 'ArrowLeft' : 'ArrowUp']: size + stepPixels,
      [isRight ? 'ArrowRight' : 'ArrowDown']: size - stepPixels,
      Home: leastPixels,
      End: this.mostPixels(),
    };
    const next = sizes[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.resize(next);
  }
}

if (customElements.get('cassette-devtools') === undefined) customElements.define('cassette-devtools', CassetteDevtools);

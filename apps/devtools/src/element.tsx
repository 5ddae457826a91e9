// <cassette-devtools>: the devtools inside of any app, over its own store.

import type { RemoteDatabase } from '@cassette/client';
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { isEmbedded } from './frame/host.ts';
import { go } from './frame/route.ts';
import { showStore } from './store/session.ts';
import elementStyles from './style/element.css?inline';
import styles from './style/main.css?inline';

/** Where the element lies: in the app's own layout, or along an edge of the window. */
export type Dock = 'none' | 'bottom' | 'right';

const docks: readonly Dock[] = ['none', 'bottom', 'right'];
const leastPixels = 160;

/**
 * The devtools as an element. Give it the app's database as a property: `element.database = db`. Attributes: `view` (`console`, `engine`,
 * `inspector`, `storage`, `tour`) is what it shows first, `dock` (`none`, `bottom`, `right`) where it lies; docked, its edge is dragged, or moved by
 * the arrow keys, and a button takes it away, which is told as an event `close`. Styles stay within; one element a page.
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
    const view = this.getAttribute('view');
    if (view !== null) go(view);
    this.describeEdge();
    this.show();
  }

  disconnectedCallback(): void {
    render(null, this.inside);
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    if (!this.isConnected) return;
    if (name === 'view' && value !== null) go(value);
    if (name === 'dock') this.describeEdge();
  }

  private show(): void {
    if (this.shown === null) render(null, this.inside);
    else {
      showStore(this.shown);
      render(<App />, this.inside);
    }
  }

  private describeEdge(): void {
    this.edge.setAttribute('aria-orientation', this.dock === 'right' ? 'vertical' : 'horizontal');
  }

  /** How many pixels the element takes of the window. */
  private resize(pixels: number): void {
    const most = (this.dock === 'right' ? innerWidth : innerHeight) - leastPixels / 2;
    this.style.setProperty(
      '--dock-size',
      `${Math.round(Math.min(Math.max(pixels, leastPixels), Math.max(most, leastPixels)))}px`,
    );
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
    const grows = event.key === (isRight ? 'ArrowLeft' : 'ArrowUp');
    if (!grows && event.key !== (isRight ? 'ArrowRight' : 'ArrowDown')) return;
    event.preventDefault();
    const { width, height } = this.getBoundingClientRect();
    this.resize((isRight ? width : height) + (grows ? 24 : -24));
  }
}

if (customElements.get('cassette-devtools') === undefined) customElements.define('cassette-devtools', CassetteDevtools);

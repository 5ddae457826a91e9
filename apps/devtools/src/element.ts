// <cassette-devtools>: the devtools inside of any app, over its own store.

import type { RemoteDatabase } from '@cassette/client';
import styles from './style/element.css?inline';

/** Where the element lies: in the app's own layout, or along an edge of the window. */
export type Dock = 'none' | 'bottom' | 'right';

/** What the devtools show: the attribute `view`. */
export type DevtoolsView = 'console' | 'engine' | 'inspector' | 'storage';

/** What JSX may say of the element, each a property or an event of it. */
export interface CassetteDevtoolsProps {
  /** The store that is looked at: what `open()` gave. */
  readonly database?: RemoteDatabase | null | undefined;
  /** Where it lies. */
  readonly dock?: Dock | undefined;
  /** What it shows first. */
  readonly view?: DevtoolsView | null | undefined;
  /** Its button ✕ was pressed: it has left the page, unless `preventDefault()` was called. */
  readonly onclose?: ((event: Event) => void) | undefined;
}

const docks: readonly Dock[] = ['none', 'bottom', 'right'];
const views: readonly DevtoolsView[] = ['console', 'engine', 'inspector', 'storage'];
const leastPixels = 160;
/** What an arrow key moves the edge by. Pixels. */
const stepPixels = 24;

/** The one whose store is shown, and those that came while it was there, in their order: what is shown is kept once a page. */
let holder: CassetteDevtools | null = null;
const others: CassetteDevtools[] = [];

type Devtools = typeof import('./inside.tsx');

/** What an element shows, once it has come: it is loaded for the first one on a page, so that this module is little to import. */
let devtools: Devtools | null = null;

/** Where there is no document (on a server that renders pages) the class may be imported all the same; nobody makes one there. */
const Base: typeof HTMLElement = typeof HTMLElement === 'undefined' ? (class {} as typeof HTMLElement) : HTMLElement;

/**
 * The devtools as an element. Give it the app's database as a property: `element.database = db`. Attributes: `view` (`console`, `engine`,
 * `inspector`, `storage`) is what it shows first, `dock` (`none`, `bottom`, `right`) where it lies; docked, its edge is dragged, or moved by
 * the arrow keys, and a button takes it away, which is told as an event `close`. Styles stay within. One element a page shows a store: another
 * says so, and has its turn when the first is gone.
 */
export class CassetteDevtools extends Base {
  /** The attributes that are followed. */
  static readonly observedAttributes: readonly string[] = ['view', 'dock'];

  private shown: RemoteDatabase | null = null;
  private viewToShow: string | null = null;
  private readonly inside: HTMLElement;
  private readonly edge: HTMLElement;
  private readonly frame: CSSStyleSheet;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.frame = new CSSStyleSheet();
    this.frame.replaceSync(styles);
    root.adoptedStyleSheets = [this.frame];
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
    if (this.isConnected && holder === this) this.draw();
  }

  /** Where it lies; the attribute `dock`. */
  get dock(): Dock {
    const said = this.getAttribute('dock') as Dock;
    return docks.includes(said) ? said : 'none';
  }
  set dock(dock: Dock) {
    this.setAttribute('dock', dock);
  }

  /** The view that the attribute `view` names; null where it names none. */
  get view(): DevtoolsView | null {
    const said = this.getAttribute('view') as DevtoolsView;
    return views.includes(said) ? said : null;
  }
  set view(view: DevtoolsView | null) {
    if (view === null) this.removeAttribute('view');
    else this.setAttribute('view', view);
  }

  /**
   * Tells an event `close` and takes it off the page, unless the event's default is prevented: a framework removes what is its own by itself.
   * The store goes on.
   */
  close(): void {
    if (this.dispatchEvent(new Event('close', { cancelable: true }))) this.remove();
  }

  /** The browser's: it is on a page. */
  connectedCallback(): void {
    this.takeEarlier('database');
    this.takeEarlier('dock');
    this.takeEarlier('view');
    addEventListener('resize', this.describeEdge);
    if (holder === null) this.begin();
    else {
      others.push(this);
      this.draw();
    }
  }

  /** The browser's: it has left the page. */
  disconnectedCallback(): void {
    removeEventListener('resize', this.describeEdge);
    if (holder === this) {
      holder = null;
      devtools?.leave(this.inside);
      others.shift()?.begin();
    } else {
      others.splice(others.indexOf(this), 1);
      devtools?.clear(this.inside);
    }
  }

  /** The browser's: an attribute is another. */
  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    if (!this.isConnected) return;
    if (name === 'view' && holder === this) {
      this.viewToShow = value;
      this.draw();
    }
    if (name === 'dock') this.describeEdge();
  }

  /** What was set before the browser knew the element is a property of the instance, in front of the class's own. */
  private takeEarlier(name: 'database' | 'dock' | 'view'): void {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete (this as Partial<Pick<CassetteDevtools, typeof name>>)[name];
    Object.assign(this, { [name]: value });
  }

  private begin(): void {
    holder = this;
    this.viewToShow = this.getAttribute('view');
    this.draw();
    this.describeEdge();
  }

  /** Shows what is to be shown, now or when the devtools have come. */
  private draw(): void {
    if (devtools !== null) {
      this.drawWith(devtools);
      return;
    }
    import('./inside.tsx').then(
      (loaded) => {
        devtools = loaded;
        if (this.isConnected) this.drawWith(loaded);
      },
      (error: unknown) => {
        console.error('The devtools could not be loaded', error);
        this.inside.className = 'inside second';
        this.inside.textContent = `The devtools could not be loaded: ${String((error as Error).message)}`;
      },
    );
  }

  private drawWith({ showDatabase, showElsewhere, showView, styleSheet }: Devtools): void {
    this.shadowRoot!.adoptedStyleSheets = [styleSheet(), this.frame];
    if (holder !== this) {
      showElsewhere(this.inside);
      return;
    }
    if (this.viewToShow !== null) showView(this.viewToShow);
    this.viewToShow = null;
    showDatabase(this.inside, this.shown);
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

import type { Mistake } from './script/check-script.ts';

/** How long after the last key a script is looked at. */
const pauseMs = 350;

/** Looks at what is typed, a moment after it was. */
export class LiveCheck {
  /** The text as it is. */
  text: () => string = () => '';
  private readonly tell: (mistakes: readonly Mistake[]) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows when what is under way does not count any more. */
  private turn = 0;

  constructor(tell: (mistakes: readonly Mistake[]) => void) {
    this.tell = tell;
  }

  /** What is looked for now does not count any more; in a moment the text is looked at. */
  soon(): void {
    this.forget();
    this.timer = setTimeout(() => {
      this.look().catch((error: unknown) => console.warn('The script could not be looked at', error));
    }, pauseMs);
  }

  /** Nothing is looked at until there is a next change. */
  forget(): void {
    this.turn++;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const { turn } = this;
    const { checkScript } = await import('./script/check-script.ts');
    if (turn === this.turn) this.tell(checkScript(this.text()));
  }
}

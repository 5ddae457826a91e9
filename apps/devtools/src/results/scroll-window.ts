import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';

/** Browsers take no element that is much higher (Firefox: 17.9 million pixels); a longer list scrolls faster than the mouse wheel says. */
const heightMax = 8_000_000;
/** Rows above and below those in sight that are drawn as well. */
const overscan = 10;

/** Which lines of a list of any length are drawn, and where. */
export interface ScrollWindow {
  /** First and last line to draw; none where `last` is less. */
  readonly first: number;
  readonly last: number;
  /** Pixels of what scrolls. */
  readonly height: number;
  /** Lines of a whole page. */
  readonly pageLines: number;
  /** Where a line is drawn, in pixels from the beginning of what scrolls. */
  top(line: number): number;
  /** Scrolls just so far that a line is in sight. */
  show(line: number): void;
}

/**
 * Which of `count` lines of `lineHeight` pixels are drawn, as their scroller moves; `head` pixels above them stay. It is our own
 * because libraries for this give the list its whole height, which browsers do not take of millions of lines, and of files of gigabytes.
 */
export function useScrollWindow(scroller: RefObject<HTMLElement>, count: number, lineHeight: number, head: number): ScrollWindow {
  const [, redraw] = useReducer((n: number, _: null) => n + 1, 0);
  const element = scroller.current;
  const view = Math.max((element?.clientHeight ?? 0) - head, lineHeight);
  const full = count * lineHeight;
  const height = Math.min(full, heightMax);
  // How much faster the lines go than the scroller.
  const ratio = full > height ? (full - view) / (height - view) : 1;
  const scrolled = Math.min(element?.scrollTop ?? 0, Math.max(0, height - view));
  const offset = scrolled * ratio;
  useLayoutEffect(() => {
    const at = scroller.current!;
    let frame = 0;
    const moved = () => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        redraw(null);
      });
    };
    const observer = new ResizeObserver(moved);
    observer.observe(at);
    at.addEventListener('scroll', moved, { passive: true });
    redraw(null);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      at.removeEventListener('scroll', moved);
    };
  }, [scroller]);
  useLayoutEffect(() => {
    if (ratio === 1) return undefined;
    const at = scroller.current!;
    const wheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const lines =
        event.deltaMode === 1 ? event.deltaY * lineHeight : event.deltaMode === 2 ? event.deltaY * view : event.deltaY;
      const by = lines / ratio;
      at.scrollTop += Math.abs(by) < 1 ? Math.sign(by) : by;
      at.scrollLeft += event.deltaX;
    };
    at.addEventListener('wheel', wheel, { passive: false });
    return () => at.removeEventListener('wheel', wheel);
  }, [scroller, ratio, lineHeight, view]);
  return {
    first: Math.max(0, Math.floor(offset / lineHeight) - overscan),
    last: Math.min(count - 1, Math.ceil((offset + view) / lineHeight) + overscan),
    height,
    pageLines: Math.max(1, Math.floor(view / lineHeight) - 1),
    top: (line) => line * lineHeight - scrolled * (ratio - 1),
    show(line) {
      const at = scroller.current;
      if (at === null) return;
      const above = line * lineHeight;
      const now = at.scrollTop * ratio;
      if (above < now) at.scrollTop = above / ratio;
      else if (above + lineHeight > now + view) at.scrollTop = Math.ceil((above + lineHeight - view) / ratio);
    },
  };
}

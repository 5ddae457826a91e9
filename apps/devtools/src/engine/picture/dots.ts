// Dots that go where bytes went: one for what a message of the engine told, never more than it told. They are elements beside the picture
// and not in it, so that the browser moves them without painting the picture again.

/** A place in the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const dotsMax = 24;

/** Whether somebody asked for less motion. */
function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** How large a dot is, for so many bytes: tenfold bytes, half a pixel more. */
function radiusOf(bytes: number): number {
  return Math.min(4.5, 1 + 0.6 * Math.log10(Math.max(10, bytes)));
}

/** Sends a dot along a way of points, in `milliseconds`; none where there are too many already, or where nothing is to move. */
export function sendDot(layer: HTMLElement, way: readonly Point[], bytes: number, milliseconds: number, look: string): void {
  if (isStill() || layer.childElementCount >= dotsMax || way.length < 2 || document.visibilityState === 'hidden') return;
  const radius = radiusOf(bytes);
  const dot = document.createElement('i');
  dot.className = `dot ${look}`;
  dot.style.width = dot.style.height = `${radius * 2}px`;
  layer.append(dot);
  const frames = way.map(({ x, y }, index) => ({
    transform: `translate(${x - radius}px, ${y - radius}px)`,
    opacity: index === way.length - 1 ? 0.25 : 1,
  }));
  const motion = dot.animate(frames, { duration: milliseconds, easing: 'ease-in-out', fill: 'both' });
  const end = () => dot.remove();
  motion.finished.then(end, end);
}

/** Most levels that a skip list has: enough for 4^12 nodes. */
export const LEVELS_MAX = 12;

/** Heights of skip list nodes: one in four reaches the next level. A generator of its own, since heights need be no secret. */
export class NodeHeights {
  private state = 0x9e3779b9 | 0;

  /** 1 to `max`. */
  next(max: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    const height = 1 + (Math.clz32(x & -x) ^ 31) / 2;
    return Math.min(height | 0, max);
  }
}

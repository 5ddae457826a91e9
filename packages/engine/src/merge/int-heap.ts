/** A binary heap of small numbers under an order that is given once; nothing is allocated after it has grown. */
export class IntHeap {
  private readonly items: number[] = [];
  private readonly order: (a: number, b: number) => number;

  /** `order`: negative where `a` comes out before `b`. */
  constructor(order: (a: number, b: number) => number) {
    this.order = order;
  }

  get size(): number {
    return this.items.length;
  }

  /** The first; only of a heap that isn't empty. */
  get top(): number {
    return this.items[0];
  }

  clear(): void {
    this.items.length = 0;
  }

  push(item: number): void {
    const { items, order } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (order(items[parent], item) <= 0) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the first out; only of a heap that isn't empty. */
  pop(): number {
    const { items, order } = this;
    const first = items[0];
    const item = items.pop()!;
    const size = items.length;
    if (size === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && order(items[child + 1], items[child]) < 0) child++;
      if (order(item, items[child]) <= 0) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = item;
    return first;
  }
}

/**
 * Values by whole numbers, walked through in the order of a Java HashMap<Long, …>: where Cassandra takes the first that fits out of such
 * a map, the first is the same here. Numbers up to 2^53.
 */
export class JavaLongMap<T> {
  private capacity = 16;
  private items: { readonly key: number; readonly value: T; readonly slot: number }[] = [];

  /** Puts a value; one of the same key is replaced, in its place. */
  put(key: number, value: T): void {
    const slot = slotOf(key);
    const at = this.items.findIndex((item) => item.key === key);
    if (at >= 0) {
      this.items[at] = { key, value, slot };
      return;
    }
    this.items.push({ key, value, slot });
    // It grows when it is three quarters full, and never shrinks.
    if (this.items.length > this.capacity * 0.75) this.capacity *= 2;
  }

  delete(key: number): void {
    this.items = this.items.filter((item) => item.key !== key);
  }

  /** Keys and values in the order of the map's bins, within a bin as they came. */
  entries(): readonly { readonly key: number; readonly value: T }[] {
    const mask = this.capacity - 1;
    return this.items
      .map((item, order) => ({ item, order }))
      .sort((a, b) => (a.item.slot & mask) - (b.item.slot & mask) || a.order - b.order)
      .map(({ item }) => item);
  }
}

function slotOf(key: number): number {
  const hash = Math.floor(key / 0x100000000) ^ (key | 0);
  return hash ^ (hash >>> 16);
}

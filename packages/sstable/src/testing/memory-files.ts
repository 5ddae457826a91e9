import type { Component, Descriptor } from '../descriptor/index.ts';
import { printFileName } from '../descriptor/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { SSTableSources } from '../reader/index.ts';

/** Bytes as a source. */
export function sourceOf(bytes: Uint8Array, name = 'memory'): ByteSource {
  return {
    name,
    size: bytes.length,
    read(target, position) {
      const count = Math.max(0, Math.min(target.length, bytes.length - position));
      target.set(bytes.subarray(position, position + count));
      return count;
    },
  };
}

/** The components of one SSTable in memory: a writer's sinks, then a reader's sources. */
export class MemoryComponents {
  readonly descriptor: Descriptor;
  private readonly pieces = new Map<Component, Uint8Array[]>();

  constructor(descriptor: Descriptor) {
    this.descriptor = descriptor;
  }

  readonly sink = (component: Component): ByteSink => {
    const list: Uint8Array[] = [];
    this.pieces.set(component, list);
    return { name: printFileName(this.descriptor, component), write: (bytes) => void list.push(bytes.slice()) };
  };

  set(component: Component, bytes: Uint8Array): void {
    this.pieces.set(component, [bytes]);
  }

  get components(): Component[] {
    return [...this.pieces.keys()];
  }

  bytes(component: Component): Uint8Array {
    const list = this.pieces.get(component) ?? [];
    const bytes = new Uint8Array(list.reduce((n, piece) => n + piece.length, 0));
    let at = 0;
    for (const piece of list) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  sources(without: readonly Component[] = []): SSTableSources {
    const sources: SSTableSources = {};
    for (const component of this.pieces.keys()) {
      if (!without.includes(component)) {
        sources[component] = sourceOf(this.bytes(component), printFileName(this.descriptor, component));
      }
    }
    return sources;
  }
}

import { assert, type ByteWriter, compareBytes } from '@cassette/bytes';
import { PAGE_SIZE, type PagedOutput } from './paged-output.ts';
import { encodeNode, nodeSizeOf, nodeTypeFor } from './trie-node.ts';

/** How the payloads of a trie are written. */
export interface PayloadCodec<P> {
  /** 1 to 15. */
  flags(payload: P): number;
  /** Bytes that `write` appends. */
  size(payload: P): number;
  write(out: ByteWriter, payload: P): void;
}

/**
 * Writes a trie from keys in ascending order. What is finished stays in memory until it fills a page; then whole branches are laid into
 * pages, the largest that fit first, so that a way through the trie goes through few pages. Memory: a page or so, and the nodes of the
 * last key. Follows Cassandra's steps exactly: the bytes are the same. Cassandra: io.tries.IncrementalTrieWriterPageAware.
 */
export class TrieWriter<P> {
  /** Keys added so far. */
  count = 0;
  private readonly codec: PayloadCodec<P>;
  private readonly output: PagedOutput;
  private readonly stack: TrieWriterNode<P>[] = [new TrieWriterNode<P>(0)];
  private previous = new Uint8Array(64);
  private previousLength = 0;

  constructor(codec: PayloadCodec<P>, output: PagedOutput) {
    this.codec = codec;
    this.output = output;
  }

  /** Begins another trie; what was not completed is forgotten. */
  reset(): void {
    this.count = 0;
    this.previousLength = 0;
    this.stack.length = 0;
    this.stack.push(new TrieWriterNode<P>(0));
  }

  /** Adds a key greater than all before. */
  add(key: Uint8Array, length: number, payload: P): void {
    const { previous, previousLength, stack } = this;
    let common = 0;
    if (this.count > 0) {
      const least = Math.min(length, previousLength);
      while (common < least && key[common] === previous[common]) common++;
      assert(compareBytes(previous, 0, previousLength, key, 0, length) < 0, 'keys of a trie come in ascending order, each once');
    }
    this.count++;
    while (stack.length > common + 1) this.complete(stack.pop()!);
    let node = stack[common];
    for (let i = common; i < length; i++) {
      const child = new TrieWriterNode<P>(key[i]);
      node.children.push(child);
      stack.push(child);
      node = child;
    }
    node.payload = payload;
    if (this.previous.length < length) this.previous = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.previous[i] = key[i];
    this.previousLength = length;
  }

  /** Writes what is left; returns the position of the root. */
  finish(): number {
    const { stack, output } = this;
    while (stack.length > 1) this.complete(stack.pop()!);
    const root = stack[0];
    this.complete(root);
    let size = this.measure(root, output.position);
    let left = output.bytesLeftInPage;
    if (size > left) {
      if (size <= PAGE_SIZE) {
        output.padToPage();
        left = PAGE_SIZE;
        // Pointers to children further back may have become longer.
        size = this.measure(root, output.position);
      }
      if (size > left) {
        this.layOutChildren(root);
        if (root.nodeSize > output.bytesLeftInPage) {
          output.padToPage();
          this.measure(root, output.position);
        }
      }
    }
    this.place(root);
    return root.position;
  }

  // All children of the node are known. It stays in memory as long as it fits a page with all below it.
  private complete(node: TrieWriterNode<P>): void {
    let branchSize = 0;
    for (const child of node.children) branchSize += child.branchSize + child.nodeSize;
    node.branchSize = branchSize;
    const nodeSize = this.sizeAt(node, this.output.position);
    if (nodeSize + branchSize >= PAGE_SIZE) {
      this.layOutChildren(node);
      return;
    }
    node.nodeSize = nodeSize;
    node.childrenOut = false;
    node.branchOut = false;
    for (const child of node.children) {
      if (child.position >= 0) node.childrenOut = true;
      else if (child.childrenOut || child.branchOut) node.branchOut = true;
    }
  }

  // Writes the branches of all children that are not written yet.
  private layOutChildren(node: TrieWriterNode<P>): void {
    const { output } = this;
    const waiting = node.children.filter((child) => child.position < 0).sort(byBranchSize);
    let left = output.bytesLeftInPage;
    while (waiting.length > 0) {
      let i = waiting.length - 1;
      while (i >= 0 && waiting[i].branchSize + waiting[i].nodeSize > left) i--;
      if (i < 0) {
        output.padToPage();
        left = PAGE_SIZE;
        i = waiting.length - 1;
      }
      const [child] = waiting.splice(i, 1);
      if (child.childrenOut || child.branchOut) {
        // Only here is it known how far those are.
        if (this.measure(child, output.position) > left) {
          if (left === PAGE_SIZE) {
            this.layOutChildren(child);
            left = output.bytesLeftInPage;
          }
          waiting.push(child);
          waiting.sort(byBranchSize);
          continue;
        }
      }
      this.place(child);
      left = output.bytesLeftInPage;
    }
    node.branchSize = 0;
    node.childrenOut = true;
    node.branchOut = false;
    node.nodeSize = this.sizeAt(node, output.position);
  }

  // Bytes of the node with everything below it that is not written, if they came to lie at `position`.
  private measure(node: TrieWriterNode<P>, position: number): number {
    if (node.branchOut) {
      let size = 0;
      for (const child of node.children) size += this.measure(child, position + size);
      node.branchSize = size;
    }
    if (node.childrenOut || node.branchOut) node.nodeSize = this.sizeAt(node, position + node.branchSize);
    return node.branchSize + node.nodeSize;
  }

  private place(node: TrieWriterNode<P>): void {
    node.position = this.write(node);
    // Takes no more room in any page, and its children are no longer needed.
    node.branchSize = 0;
    node.nodeSize = 0;
    node.childrenOut = false;
    node.branchOut = false;
    node.children = [];
    node.payload = null;
    this.output.flushIfLarge();
  }

  private write(node: TrieWriterNode<P>): number {
    const { output } = this;
    const position = output.position + node.branchSize;
    for (const child of node.children) if (child.position < 0) child.position = this.write(child);
    assert(output.position === position, 'a branch takes the bytes that were reckoned with');
    const { payload, children } = node;
    encodeNode(
      output.out,
      this.typeAt(node, position),
      payload === null ? 0 : this.codec.flags(payload),
      children.map((child) => child.transition),
      children.map((child) => position - child.position),
    );
    if (payload !== null) this.codec.write(output.out, payload);
    assert(output.position === position + node.nodeSize, 'a node takes the bytes that were reckoned with');
    return position;
  }

  private sizeAt(node: TrieWriterNode<P>, position: number): number {
    const type = this.typeAt(node, position);
    const payloadSize = node.payload === null ? 0 : this.codec.size(node.payload);
    return nodeSizeOf(type, node.children.length, node.range) + payloadSize;
  }

  private typeAt(node: TrieWriterNode<P>, position: number): number {
    const { children } = node;
    const distance = children.length === 0 ? 0 : node.greatestDistance(position);
    return nodeTypeFor(children.length, node.range, distance, node.payload !== null);
  }
}

class TrieWriterNode<P> {
  readonly transition: number;
  payload: P | null = null;
  children: TrieWriterNode<P>[] = [];
  /** In the file; -1 while it is not written. */
  position = -1;
  /** Bytes of all below the node that is not written; -1 while its children are not all known. */
  branchSize = -1;
  nodeSize = -1;
  /** Whether some child is written. */
  childrenOut = true;
  /** Whether some node further below is. */
  branchOut = false;

  constructor(transition: number) {
    this.transition = transition;
  }

  /** From the first to the last transition. */
  get range(): number {
    const { children } = this;
    return children.length === 0 ? 0 : children[children.length - 1].transition - children[0].transition + 1;
  }

  /** How far back pointers must reach, if the node came to lie at `position`. */
  greatestDistance(position: number): number {
    const { children, branchSize } = this;
    // The first child's own branch lies before it and need not be reached.
    if (!this.childrenOut) return branchSize - children[0].branchSize;
    let written = 0;
    let waiting = -1;
    for (const child of children) {
      if (child.position >= 0) written = Math.max(written, position - child.position);
      else if (waiting < 0) waiting = branchSize - child.branchSize;
    }
    return Math.max(written, waiting);
  }
}

function byBranchSize<P>(a: TrieWriterNode<P>, b: TrieWriterNode<P>): number {
  return a.branchSize + a.nodeSize - (b.branchSize + b.nodeSize) || a.transition - b.transition;
}

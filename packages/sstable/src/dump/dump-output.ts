import type { CassetteError } from '@cassette/bytes';
import { jsonText } from '@cassette/cql';
import { JsonBytes } from './json-bytes.ts';

/** What is laid out around partitions, rows and markers, and the text that waits to be given out. */
export class DumpOutput {
  /** What waits to be given out. */
  readonly out = new JsonBytes();
  /** Whether each partition is a line, and nothing is around them. */
  private readonly lines: boolean;
  private partitions = 0;
  /** Rows and markers of the partition that is open; -1 for none. */
  private items = -1;

  constructor(lines = false) {
    this.lines = lines;
    if (!lines) this.out.text('[');
  }

  /** Something whole in a partition's place. */
  element(text: string): void {
    this.begin(text);
    if (this.lines) this.out.text('\n');
  }

  /** From a partition's start to where its rows begin. */
  startPartition(text: string): void {
    this.begin(text);
    this.items = 0;
  }

  /** A row or marker. */
  item(text: string): void {
    this.startItem();
    this.add(text);
  }

  /** Begins a row or marker that the caller puts into `out`. */
  startItem(): void {
    this.add(this.items++ === 0 ? '\n      ' : ',\n      ');
  }

  /** Takes back an item that was begun when `out` had so many bytes. */
  takeBack(length: number): void {
    this.items--;
    this.out.length = length;
  }

  /** Ends the partition that is open. */
  endPartition(): void {
    this.add(this.items === 0 ? ' ]\n  }' : '\n    ]\n  }');
    if (this.lines) this.out.text('\n');
    this.items = -1;
  }

  /** The last text. */
  end(): void {
    if (!this.lines) this.out.text(this.partitions === 0 ? ' ]' : '\n]');
  }

  /** The last text where an error ends the dump. */
  endWith({ code, message }: CassetteError): void {
    if (this.items >= 0) this.endPartition();
    const fields = `"code" : ${jsonText(code)}, "message" : ${jsonText(message)}`;
    this.element(`{\n    "error" : { ${fields} }\n  }`);
    this.end();
  }

  private begin(text: string): void {
    this.add(`${this.partitions++ === 0 || this.lines ? '' : ','}\n  ${text}`);
  }

  // Text has no line ends of its own: strings have them escaped.
  private add(text: string): void {
    this.out.text(this.lines ? text.replace(/\n */g, '') : text);
  }
}

/** The JSON of an SSTable of which nothing could be read: what {@link jsonDump} ends with. */
export function jsonOfError(error: CassetteError, options: { readonly lines?: boolean } = {}): string {
  const output = new DumpOutput(options.lines);
  output.endWith(error);
  return new TextDecoder().decode(output.out.take());
}

import type { CassetteError } from '@cassette/bytes';
import { jsonText } from '@cassette/cql';

/** Characters that gather before they are given out. */
const CHUNK = 32768;

/** What is laid out around partitions, rows and markers, and the text that waits to be given out. */
export class DumpOutput {
  private text: string;
  /** Whether each partition is a line, and nothing is around them. */
  private readonly lines: boolean;
  private partitions = 0;
  /** Rows and markers of the partition that is open; -1 for none. */
  private items = -1;

  constructor(lines = false) {
    this.lines = lines;
    this.text = lines ? '' : '[';
  }

  /** Whether there is enough text to be given out. */
  get isFull(): boolean {
    return this.text.length > CHUNK;
  }

  /** Something whole in a partition's place. */
  element(text: string): void {
    this.begin(text);
    if (this.lines) this.text += '\n';
  }

  /** From a partition's start to where its rows begin. */
  startPartition(text: string): void {
    this.begin(text);
    this.items = 0;
  }

  /** A row or marker. */
  item(text: string): void {
    this.add(`${this.items++ === 0 ? '' : ','}\n      ${text}`);
  }

  /** Ends the partition that is open. */
  endPartition(): void {
    this.add(this.items === 0 ? ' ]\n  }' : '\n    ]\n  }');
    if (this.lines) this.text += '\n';
    this.items = -1;
  }

  /** The text since it was taken before. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  /** The last text. */
  end(): string {
    if (!this.lines) this.text += this.partitions === 0 ? ' ]' : '\n]';
    return this.take();
  }

  /** The last text where an error ends the dump. */
  endWith({ code, message }: CassetteError): string {
    if (this.items >= 0) this.endPartition();
    const fields = `"code" : ${jsonText(code)}, "message" : ${jsonText(message)}`;
    this.element(`{\n    "error" : { ${fields} }\n  }`);
    return this.end();
  }

  private begin(text: string): void {
    this.add(`${this.partitions++ === 0 || this.lines ? '' : ','}\n  ${text}`);
  }

  // Text has no line ends of its own: strings have them escaped.
  private add(text: string): void {
    this.text += this.lines ? text.replace(/\n */g, '') : text;
  }
}

/** The JSON of an SSTable of which nothing could be read: what {@link jsonDump} ends with. */
export function jsonOfError(error: CassetteError, options: { readonly lines?: boolean } = {}): string {
  return new DumpOutput(options.lines).endWith(error);
}

import { ByteWriter } from '@cassette/bytes';
import { LiteralScanner, type Schema, type Statement, StatementError } from '@cassette/cql';
import type { PreparedStatement } from '../prepared-statement.ts';
import { StatementShape } from './statement-shape.ts';

/** Beginnings of texts that are kept, and shapes of each. */
const BEGINNINGS_MAX = 250;
const SHAPES_MAX = 4;
/** Shapes of one beginning that were made in vain before no more are: what differs in such texts are no constants that a plan can take. */
const VAIN_MAX = 8;
/** Texts longer than this, in UTF-16 units, go the ordinary way, which costs in proportion to their length anyway. */
const TEXT_LENGTH_MAX = 100_000;
/** The same without the constants: what a shape keeps. */
const SHAPE_LENGTH_MAX = 10_000;

/** Shapes whose texts begin alike, the youngest first. */
interface Beginning {
  readonly shapes: StatementShape[];
  /** Shapes made since the last match. */
  vain: number;
}

/**
 * Plans by the shape of a statement, for texts that come with other constants each time: scripts, and apps that write values into the text.
 * To match one takes a tenth of the time that parsing and planning it takes. Bounded like the statements that are kept by their text, and forgotten
 * with the schema as these are. What is refused here, or fails later, is done again the ordinary way, which alone tells errors.
 */
export class ShapeCache {
  private readonly beginnings = new Map<string, Beginning>();
  private readonly scanner = new LiteralScanner();
  private readonly out = new ByteWriter(256);
  private schema: Schema | null = null;
  private last: StatementShape | null = null;

  /** The shape of a text, whose constants are then its `values`, valid until the next call; null where there is none. Throws nothing. */
  match(text: string, schema: Schema, keyspace: string | undefined): StatementShape | null {
    if (schema !== this.schema || text.length > TEXT_LENGTH_MAX) return null;
    const { last } = this;
    if (last !== null && this.matches(last, text, keyspace)) return last;
    const beginning = this.beginnings.get(beginningOf(text));
    if (beginning === undefined) return null;
    const { shapes } = beginning;
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i];
      if (shape === last || !this.matches(shape, text, keyspace)) continue;
      shapes.splice(i, 1);
      shapes.unshift(shape);
      beginning.vain = 0;
      this.last = shape;
      return shape;
    }
    return null;
  }

  private matches(shape: StatementShape, text: string, keyspace: string | undefined): boolean {
    if (shape.keyspace !== keyspace) return false;
    try {
      return shape.match(text, this.scanner, this.out);
    } catch (error) {
      // The ordinary way says it, with the right place.
      if (error instanceof StatementError) return false;
      throw error;
    }
  }

  /** Keeps the shape of a statement that was planned, for texts like it. Throws PartNotLoadedError. */
  learn({ source, statement, plan }: PreparedStatement, schema: Schema, keyspace: string | undefined): void {
    if (schema !== this.schema) {
      this.beginnings.clear();
      this.schema = schema;
      this.last = null;
    }
    if (plan === null || source.length > TEXT_LENGTH_MAX) return;
    const key = beginningOf(source);
    const known = this.beginnings.get(key);
    if (known !== undefined && known.vain > VAIN_MAX) return;
    const shape = this.shapeOf(source, statement, schema, keyspace);
    const own = shape?.beginning(key.length) ?? null;
    if (shape === null || own === null) return;
    const beginning = known ?? { shapes: [], vain: 0 };
    beginning.vain++;
    beginning.shapes.unshift(shape);
    if (beginning.shapes.length > SHAPES_MAX) beginning.shapes.pop();
    // A Map lists by age: taken out and put back it is the youngest.
    this.beginnings.delete(key);
    this.beginnings.set(own, beginning);
    if (this.beginnings.size > BEGINNINGS_MAX) this.beginnings.delete(this.beginnings.keys().next().value as string);
  }

  private shapeOf(source: string, statement: Statement, schema: Schema, keyspace: string | undefined): StatementShape | null {
    try {
      return StatementShape.of(source, statement, schema, keyspace, SHAPE_LENGTH_MAX);
    } catch (error) {
      // A statement whose plan can't do without its constants.
      if (error instanceof StatementError) return null;
      throw error;
    }
  }
}

/**
 * What texts of one shape begin with: up to the first comparison, assignment, string or number, or the second parenthesis, behind which the
 * values of an INSERT stand.
 */
function beginningOf(text: string): string {
  let parentheses = 0;
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isEnd =
      (c >= LESS && c <= GREATER) ||
      c === QUOTE ||
      (c === PARENTHESIS && ++parentheses === 2) ||
      (before === BLANK && (c === MINUS || (c >= ZERO && c <= NINE)));
    if (isEnd) return text.slice(0, i);
    before = c;
  }
  return text;
}

const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x27;
const PARENTHESIS = 0x28;
const BLANK = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

import { ByteReader, ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, Place } from '@cassette/cql';
import { type Binding, TermState } from '../binding.ts';
import { type BoundTerm, missingKeyValue, readCount, readElement } from '../terms/index.ts';

/** Gives the values that a relation compares with: one tuple for each alternative, one value for each column. */
export interface ValueSource {
  /** Throws InvalidRequestError for null and unset, which no key can be. */
  tuples(binding: Binding): readonly (readonly Uint8Array[])[];
  /** Whether the one value of the one column is null; not there for sources that are never asked. */
  isNull?(binding: Binding): boolean;
}

/** The value of a term that must have one. */
export function requiredValue(term: BoundTerm, binding: Binding, column: string): Uint8Array {
  if (term.constant instanceof Uint8Array) return term.constant;
  const out = new ByteWriter(32);
  const state = term.write(binding, out);
  if (state !== TermState.VALUE) throw missingKeyValue(state, column, term.type, term.where);
  return out.toBytes();
}

/** Alternatives that are terms each: `= a`, `IN (a, b)`, `(c, d) = (a, b)`, `(c, d) IN ((a, b), …)`. */
export class TermSource implements ValueSource {
  private readonly columns: readonly ColumnMetadata[];
  private readonly alternatives: readonly (readonly BoundTerm[])[];

  constructor(columns: readonly ColumnMetadata[], alternatives: readonly (readonly BoundTerm[])[]) {
    this.columns = columns;
    this.alternatives = alternatives;
  }

  tuples(binding: Binding): readonly (readonly Uint8Array[])[] {
    return this.alternatives.map((terms) => terms.map((term, i) => requiredValue(term, binding, this.columns[i].name)));
  }

  /** The terms of the only alternative, one for each column; null where there are several. */
  get only(): readonly BoundTerm[] | null {
    return this.alternatives.length === 1 ? this.alternatives[0] : null;
  }

  isNull(binding: Binding): boolean {
    const [[term, ...others], ...more] = this.alternatives;
    if (others.length > 0 || more.length > 0 || term.constant instanceof Uint8Array) return false;
    return term.write(binding, new ByteWriter(32)) === TermState.NULL;
  }
}

/** One list of values that comes as a parameter: `IN ?`. */
export class ListSource implements ValueSource {
  private readonly columns: readonly ColumnMetadata[];
  private readonly term: BoundTerm;
  private readonly split: typeof splitTuple;

  /** `split` makes a tuple of an element: itself, or its components. */
  constructor(columns: readonly ColumnMetadata[], term: BoundTerm, split: typeof splitTuple) {
    this.columns = columns;
    this.term = term;
    this.split = split;
  }

  tuples(binding: Binding): readonly (readonly Uint8Array[])[] {
    const names = this.columns.map((column) => column.name).join(', ');
    const bytes = requiredValue(this.term, binding, names);
    const input = new ByteReader(bytes, `values of ${names}`);
    const tuples: (readonly Uint8Array[])[] = [];
    for (let n = readCount(input); n > 0; n--) {
      const element = readElement(input);
      if (element === null) throw missingKeyValue(TermState.NULL, names, this.columns[0].type, this.term.where);
      tuples.push(this.split(this.columns, bytes.subarray(element.from, element.to), this.term.where));
    }
    return tuples;
  }
}

/** Tuples that come as one parameter each: `(c, d) = ?`, `(c, d) IN (?, ?)`. */
export class TupleMarkerSource implements ValueSource {
  private readonly columns: readonly ColumnMetadata[];
  private readonly terms: readonly BoundTerm[];

  constructor(columns: readonly ColumnMetadata[], terms: readonly BoundTerm[]) {
    this.columns = columns;
    this.terms = terms;
  }

  tuples(binding: Binding): readonly (readonly Uint8Array[])[] {
    const names = this.columns.map((column) => column.name).join(', ');
    return this.terms.map((term) => splitTuple(this.columns, requiredValue(term, binding, names), term.where));
  }
}

/** The element is the value. */
export function asSingle(_columns: readonly ColumnMetadata[], element: Uint8Array): readonly Uint8Array[] {
  return [element];
}

/** The components of a tuple's bytes, all of which must be there; `where` they were given. */
export function splitTuple(columns: readonly ColumnMetadata[], element: Uint8Array, where: Place): readonly Uint8Array[] {
  const input = new ByteReader(element, 'tuple');
  return columns.map((column) => {
    const range = input.remaining === 0 ? null : readElement(input);
    if (range === null) throw missingKeyValue(TermState.NULL, column.name, column.type, where);
    return element.subarray(range.from, range.to);
  });
}

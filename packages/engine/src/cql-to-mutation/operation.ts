import { ByteReader, type ByteWriter } from '@cassette/bytes';
import { type ColumnMetadata, InvalidRequestError, type ListType, MapType, UserType } from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import { type BoundTerm, type ElementRange, readCount, readElement } from '../prepared/terms/index.ts';
import type { ListElement } from './current-list.ts';
import type { RowWriter } from './row-writer.ts';

/** One thing a statement does to one column. Cassandra: cql3.Operation. */
export abstract class Operation {
  readonly column: ColumnMetadata;
  /** Whether the row must be read first. */
  get requiresRead(): boolean {
    return false;
  }

  constructor(column: ColumnMetadata) {
    this.column = column;
  }

  /** Leaves its cells in the writer, in the order of their paths. Throws InvalidRequestError before it leaves any. */
  abstract execute(writer: RowWriter): void;
}

function bindingOf(writer: RowWriter): Binding {
  return writer.binding as Binding;
}

/** `c = v` of a simple column. Cassandra: Constants.Setter. */
export class SetValue extends Operation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    const state = this.term.write(bindingOf(writer), writer.out);
    if (state === TermState.VALUE) writer.cell(this.column, from);
    else if (state === TermState.NULL) writer.tombstone(this.column);
    else writer.nameColumn(this.column);
  }
}

/** `DELETE c`. Cassandra: Constants.Deleter. */
export class DeleteColumn extends Operation {
  execute(writer: RowWriter): void {
    if (this.column.type.isMultiCell) writer.complexDeletion(this.column, false);
    else writer.tombstone(this.column);
  }
}

/** `c = v` of a multi-cell column: what was there goes, then the new cells. Cassandra: Lists, Sets, Maps, UserTypes.Setter. */
export class SetCells extends Operation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    const state = this.term.write(bindingOf(writer), writer.out);
    if (state === TermState.UNSET) {
      writer.nameColumn(this.column);
      return;
    }
    writer.complexDeletion(this.column, true);
    if (state === TermState.VALUE) appendCells(writer, this.column, from);
  }
}

/** `l = l + v`, `s = s + v`, `m = m + v`. Cassandra: Lists.Appender, Sets.Adder, Maps.Putter. */
export class AddCells extends Operation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    const state = this.term.write(bindingOf(writer), writer.out);
    writer.nameColumn(this.column);
    if (state === TermState.VALUE) appendCells(writer, this.column, from);
  }
}

/** The elements of a serialized value at `out[from, now)` as cells. */
function appendCells(writer: RowWriter, column: ColumnMetadata, from: number): void {
  const { type } = column;
  const { out } = writer;
  // The buffer may be replaced as paths are written behind the value: this one stays as it is.
  const bytes = out.buffer;
  const input = new ByteReader(bytes, column.name);
  input.reset(bytes, from, out.length);
  if (type instanceof UserType) {
    appendFields(writer, column, type, input);
    return;
  }
  const { timeUuids } = bindingOf(writer).environment;
  const isMap = type instanceof MapType;
  const isList = (type as ListType).kind === 'list';
  const { nameType } = type as ListType;
  let last: ElementRange | null = null;
  for (let n = readCount(input); n > 0; n--) {
    const key = element(input);
    // A parameter that came as bytes may have its elements in any order, and rows may not.
    if (!isList && last !== null && nameType.compare(bytes, last.from, last.to, bytes, key.from, key.to) >= 0) writer.splitRow();
    last = key;
    if (isList) {
      const at = out.length;
      timeUuids.next(out);
      writer.pathCell(column, out.buffer, at, out.length, bytes, key.from, key.to);
    } else {
      const value = isMap ? element(input) : NOTHING;
      writer.pathCell(column, bytes, key.from, key.to, bytes, value.from, value.to);
    }
  }
}

const NOTHING: ElementRange = { from: 0, to: 0 };

function element(input: ByteReader): ElementRange {
  const range = readElement(input);
  if (range === null) throw new InvalidRequestError('null is not supported inside collections');
  return range;
}

function appendFields(writer: RowWriter, column: ColumnMetadata, type: UserType, input: ByteReader): void {
  const { out } = writer;
  const { bytes } = input;
  for (let i = 0; i < type.fields.length && input.remaining > 0; i++) {
    const range = readElement(input);
    if (range === null) continue;
    const at = out.length;
    out.u16(i);
    writer.pathCell(column, out.buffer, at, out.length, bytes, range.from, range.to);
  }
}

/** `l = v + l`. Cassandra: Lists.Prepender. */
export class PrependCells extends Operation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const { out } = writer;
    const from = out.length;
    const state = this.term.write(bindingOf(writer), out);
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const bytes = out.buffer;
    const input = new ByteReader(bytes, this.column.name);
    input.reset(bytes, from, out.length);
    const count = readCount(input);
    const { timeUuids } = bindingOf(writer).environment;
    const first = timeUuids.reserveForPrepend(count);
    for (let n = 0; n < count; n++) {
      const value = element(input);
      const at = out.length;
      timeUuids.write(out, first + n);
      writer.pathCell(this.column, out.buffer, at, out.length, bytes, value.from, value.to);
    }
  }
}

/** `s = s - v`, `m = m - keys`: a tombstone for each. Cassandra: Sets.Discarder. */
export class RemoveCells extends Operation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const { out } = writer;
    const from = out.length;
    const state = this.term.write(bindingOf(writer), out);
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const bytes = out.buffer;
    const input = new ByteReader(bytes, this.column.name);
    input.reset(bytes, from, out.length);
    for (let n = readCount(input); n > 0; n--) {
      const path = element(input);
      writer.pathTombstone(this.column, bytes, path.from, path.to);
    }
  }
}

/** Writes a term that must be there; `what` is for the message. Returns where it begins in `out`. */
function required(writer: RowWriter, term: BoundTerm, what: string): number {
  const from = writer.out.length;
  const state = term.write(bindingOf(writer), writer.out);
  if (state === TermState.NULL) throw new InvalidRequestError(`Invalid null value for ${what}`);
  if (state === TermState.UNSET) throw new InvalidRequestError(`Invalid unset ${what}`);
  return from;
}

/** `m[k] = v`. Cassandra: Maps.SetterByKey. */
export class SetEntry extends Operation {
  private readonly key: BoundTerm;
  private readonly value: BoundTerm;

  constructor(column: ColumnMetadata, key: BoundTerm, value: BoundTerm) {
    super(column);
    this.key = key;
    this.value = value;
  }

  execute(writer: RowWriter): void {
    const { out } = writer;
    const from = required(writer, this.key, 'map key');
    const to = out.length;
    const path = out.buffer;
    const state = this.value.write(bindingOf(writer), out);
    if (state === TermState.VALUE) writer.pathCell(this.column, path, from, to, out.buffer, to, out.length);
    else if (state === TermState.NULL) writer.pathTombstone(this.column, path, from, to);
    else writer.nameColumn(this.column);
  }
}

/** `DELETE m[k]`, `DELETE s[e]`. Cassandra: Maps.DiscarderByKey, Sets.ElementDiscarder. */
export class DeleteEntry extends Operation {
  private readonly key: BoundTerm;

  constructor(column: ColumnMetadata, key: BoundTerm) {
    super(column);
    this.key = key;
  }

  execute(writer: RowWriter): void {
    const what = this.column.type instanceof MapType ? 'map key' : 'set element';
    const from = required(writer, this.key, what);
    writer.pathTombstone(this.column, writer.out.buffer, from, writer.out.length);
  }
}

/** `c.f = v` of a user type that isn't frozen. Cassandra: UserTypes.SetterByField. */
export class SetField extends Operation {
  private readonly index: number;
  private readonly value: BoundTerm;

  constructor(column: ColumnMetadata, index: number, value: BoundTerm) {
    super(column);
    this.index = index;
    this.value = value;
  }

  execute(writer: RowWriter): void {
    const { out } = writer;
    const from = out.length;
    out.u16(this.index);
    const path = out.buffer;
    const state = this.value.write(bindingOf(writer), out);
    if (state === TermState.VALUE) writer.pathCell(this.column, path, from, from + 2, out.buffer, from + 2, out.length);
    else if (state === TermState.NULL) writer.pathTombstone(this.column, path, from, from + 2);
    else writer.nameColumn(this.column);
  }
}

/** `DELETE c.f`. Cassandra: UserTypes.DeleterByField. */
export class DeleteField extends Operation {
  private readonly index: number;

  constructor(column: ColumnMetadata, index: number) {
    super(column);
    this.index = index;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    writer.out.u16(this.index);
    writer.pathTombstone(this.column, writer.out.buffer, from, from + 2);
  }
}

/** What operations on lists by index or by value share: they look at the list as it is. */
abstract class ListOperation extends Operation {
  override get requiresRead(): boolean {
    return true;
  }

  /** The element that the index at `indexFrom` in the writer's buffer counts to. */
  protected elementAt(writer: RowWriter, indexFrom: number, verb: string): ListElement {
    const input = new ByteReader(writer.out.buffer, 'list index');
    input.reset(writer.out.buffer, indexFrom, writer.out.length);
    const index = input.i32('list index');
    const list = writer.currentList(this.column);
    if (list.length === 0) throw new InvalidRequestError(`Attempted to ${verb} a list which is null`);
    if (index < 0 || index >= list.length) {
      throw new InvalidRequestError(`List index ${index} out of bound, list has size ${list.length}`);
    }
    return list[index];
  }
}

/** `l[i] = v`. Cassandra: Lists.SetterByIndex. */
export class SetElement extends ListOperation {
  private readonly index: BoundTerm;
  private readonly value: BoundTerm;

  constructor(column: ColumnMetadata, index: BoundTerm, value: BoundTerm) {
    super(column);
    this.index = index;
    this.value = value;
  }

  execute(writer: RowWriter): void {
    const { path } = this.elementAt(writer, required(writer, this.index, 'value for list index'), 'set an element on');
    const { out } = writer;
    const from = out.length;
    const state = this.value.write(bindingOf(writer), out);
    if (state === TermState.VALUE) writer.pathCell(this.column, path, 0, path.length, out.buffer, from, out.length);
    else if (state === TermState.NULL) writer.pathTombstone(this.column, path, 0, path.length);
    else writer.nameColumn(this.column);
  }
}

/** `DELETE l[i]`. Cassandra: Lists.DiscarderByIndex. */
export class DeleteElement extends ListOperation {
  private readonly index: BoundTerm;

  constructor(column: ColumnMetadata, index: BoundTerm) {
    super(column);
    this.index = index;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    const state = this.index.write(bindingOf(writer), writer.out);
    if (state === TermState.UNSET) return;
    if (state === TermState.NULL) throw new InvalidRequestError('Invalid null value for list index');
    const { path } = this.elementAt(writer, from, 'delete an element from');
    writer.pathTombstone(this.column, path, 0, path.length);
  }
}

/** `l = l - v`: every element that equals one of these. Cassandra: Lists.Discarder. */
export class RemoveElements extends ListOperation {
  private readonly term: BoundTerm;

  constructor(column: ColumnMetadata, term: BoundTerm) {
    super(column);
    this.term = term;
  }

  execute(writer: RowWriter): void {
    const from = writer.out.length;
    const state = this.term.write(bindingOf(writer), writer.out);
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const unwanted = texts(writer.out, from);
    for (const { path, value } of writer.currentList(this.column)) {
      if (unwanted.has(value.join())) writer.pathTombstone(this.column, path, 0, path.length);
    }
  }
}

/** The elements of a serialized list in a form that a Set can hold. */
function texts(out: ByteWriter, from: number): ReadonlySet<string> {
  const input = new ByteReader(out.buffer, 'list');
  input.reset(out.buffer, from, out.length);
  const found = new Set<string>();
  for (let n = readCount(input); n > 0; n--) {
    const range = element(input);
    found.add(out.buffer.subarray(range.from, range.to).join());
  }
  return found;
}

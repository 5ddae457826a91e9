import type { ByteReader } from '@cassette/bytes';
import { type ColumnMetadata, ListType, MapType, UserType } from '@cassette/cql';
import { TermState } from '../prepared/binding.ts';
import { type BoundTerm, type ElementRange, readCount, readElement } from '../prepared/terms/index.ts';
import { bindingOf, nextElement, Operation, TermOperation, writeRequired, writeTerm, written } from './operation.ts';
import type { RowWriter } from './row-writer.ts';

// What is done to columns of which each element or field is a cell.

/** `c = v`: what was there goes, then the new cells. Cassandra: Lists, Sets, Maps, UserTypes.Setter. */
export class SetCells extends TermOperation {
  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    if (state === TermState.UNSET) {
      writer.nameColumn(this.column);
      return;
    }
    writer.complexDeletion(this.column, true);
    if (state === TermState.VALUE) appendCells(writer, this.column, from);
  }
}

/** `l = l + v`, `s = s + v`, `m = m + v`. Cassandra: Lists.Appender, Sets.Adder, Maps.Putter. */
export class AddCells extends TermOperation {
  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    writer.nameColumn(this.column);
    if (state === TermState.VALUE) appendCells(writer, this.column, from);
  }
}

/** `s = s - v`, `m = m - keys`: a tombstone for each. Cassandra: Sets.Discarder. */
export class RemoveCells extends TermOperation {
  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const input = written(writer, from, this.column.name);
    for (let n = readCount(input); n > 0; n--) {
      const path = nextElement(input);
      writer.pathTombstone(this.column, input.bytes, path.from, path.to);
    }
  }
}

/** The elements of a serialized value at `out[from, now)` as cells. */
function appendCells(writer: RowWriter, column: ColumnMetadata, from: number): void {
  const { type } = column;
  const input = written(writer, from, column.name);
  if (type instanceof UserType) {
    appendFields(writer, column, type, input);
    return;
  }
  const { out } = writer;
  const { bytes } = input;
  const { timeUuids } = bindingOf(writer).environment;
  for (let n = readCount(input); n > 0; n--) {
    const element = nextElement(input);
    if (type instanceof ListType) {
      const at = out.length;
      timeUuids.next(out);
      writer.pathCell(column, out.buffer, at, out.length, bytes, element.from, element.to);
    } else {
      const value = type instanceof MapType ? nextElement(input) : NOTHING;
      writer.pathCell(column, bytes, element.from, element.to, bytes, value.from, value.to);
    }
  }
}

const NOTHING: ElementRange = { from: 0, to: 0 };

function appendFields(writer: RowWriter, column: ColumnMetadata, type: UserType, input: ByteReader): void {
  const { out } = writer;
  for (let i = 0; i < type.fields.length && input.remaining > 0; i++) {
    const range = readElement(input);
    if (range === null) continue;
    const at = out.length;
    out.u16(i);
    writer.pathCell(column, out.buffer, at, out.length, input.bytes, range.from, range.to);
  }
}

/** Sets the cell whose path is `out[from, now)` to a value, or deletes it where the value is null. */
function setCell(writer: RowWriter, column: ColumnMetadata, from: number, value: BoundTerm): void {
  const { out } = writer;
  const to = out.length;
  const path = out.buffer;
  const state = writeTerm(writer, value);
  if (state === TermState.VALUE) writer.pathCell(column, path, from, to, out.buffer, to, out.length);
  else if (state === TermState.NULL) writer.pathTombstone(column, path, from, to);
  else writer.nameColumn(column);
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
    setCell(writer, this.column, writeRequired(writer, this.key, 'map key'), this.value);
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
    const from = writeRequired(writer, this.key, what);
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
    const from = writer.out.length;
    writer.out.u16(this.index);
    setCell(writer, this.column, from, this.value);
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

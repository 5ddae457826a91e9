import { type ColumnMetadata, InvalidRequestError, type Place } from '@cassette/cql';
import { TermState } from '../prepared/binding.ts';
import { type BoundTerm, readCount } from '../prepared/terms/index.ts';
import type { ListElement } from './current-list.ts';
import { bindingOf, nextElement, Operation, TermOperation, writeTerm, written } from './operation.ts';
import type { RowWriter } from './row-writer.ts';

/** `l = v + l`. Cassandra: Lists.Prepender. */
export class PrependCells extends TermOperation {
  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    const { out } = writer;
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const input = written(writer, from, this.column.name);
    const count = readCount(input);
    const { timeUuids } = bindingOf(writer).environment;
    const first = timeUuids.reserveForPrepend(count);
    for (let n = 0; n < count; n++) {
      const value = nextElement(input);
      const at = out.length;
      timeUuids.write(out, first + n);
      writer.pathCell(this.column, out.buffer, at, out.length, input.bytes, value.from, value.to);
    }
  }
}

/** The element that the index at `indexFrom` in the writer's buffer counts to, in the list as it is. */
function elementAt(writer: RowWriter, column: ColumnMetadata, indexFrom: number, verb: string, where: Place): ListElement {
  const index = written(writer, indexFrom, 'list index').i32('list index');
  const list = writer.currentList(column);
  if (list.length === 0) throw new InvalidRequestError(`Attempted to ${verb} a list which is null`, where);
  if (index < 0 || index >= list.length) {
    throw new InvalidRequestError(`List index ${index} out of bound, list has size ${list.length}`, where);
  }
  return list[index];
}

/** `l[i] = v`. Cassandra: Lists.SetterByIndex. */
export class SetElement extends Operation {
  private readonly index: BoundTerm;
  private readonly value: BoundTerm;

  constructor(column: ColumnMetadata, index: BoundTerm, value: BoundTerm) {
    super(column);
    this.index = index;
    this.value = value;
  }

  override get requiresRead(): boolean {
    return true;
  }

  execute(writer: RowWriter): void {
    const { where } = this.index;
    const indexFrom = writer.out.length;
    const indexState = writeTerm(writer, this.index);
    const from = writer.out.length;
    // Before anything is said of the index, for what makes the value may fail.
    const state = writeTerm(writer, this.value);
    if (indexState === TermState.NULL) throw new InvalidRequestError('Invalid null value for list index', where);
    if (indexState === TermState.UNSET) throw new InvalidRequestError('Invalid unset value for list index', where);
    const { path } = elementAt(writer, this.column, indexFrom, 'set an element on', where);
    if (state === TermState.VALUE) {
      writer.pathCell(this.column, path, 0, path.length, writer.out.buffer, from, writer.out.length);
    } else if (state === TermState.NULL) {
      writer.pathTombstone(this.column, path, 0, path.length);
    } else {
      writer.nameColumn(this.column);
    }
  }
}

/** `DELETE l[i]`. Cassandra: Lists.DiscarderByIndex. */
export class DeleteElement extends TermOperation {
  override get requiresRead(): boolean {
    return true;
  }

  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    if (state === TermState.UNSET) return;
    if (state === TermState.NULL) throw new InvalidRequestError('Invalid null value for list index', this.term.where);
    const { path } = elementAt(writer, this.column, from, 'delete an element from', this.term.where);
    writer.pathTombstone(this.column, path, 0, path.length);
  }
}

/** `l = l - v`: every element that equals one of these. Cassandra: Lists.Discarder. */
export class RemoveElements extends TermOperation {
  override get requiresRead(): boolean {
    return true;
  }

  protected executeWith(writer: RowWriter, state: TermState, from: number): void {
    writer.nameColumn(this.column);
    if (state !== TermState.VALUE) return;
    const input = written(writer, from, this.column.name);
    // In a form that a Set can hold.
    const unwanted = new Set<string>();
    for (let n = readCount(input); n > 0; n--) {
      const range = nextElement(input);
      unwanted.add(input.bytes.subarray(range.from, range.to).join());
    }
    for (const { path, value } of writer.currentList(this.column)) {
      if (unwanted.has(value.join())) writer.pathTombstone(this.column, path, 0, path.length);
    }
  }
}

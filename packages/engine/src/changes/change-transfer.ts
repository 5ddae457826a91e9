import { type CqlType, parseMarshalType } from '@cassette/cql';
import type { Change, ChangeBound, ChangedCell } from './describe-change.ts';

/** A value on its way to another context: instances of classes would lose their class, bytes do not. */
interface EncodedLeaf {
  /** Marshal name. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Makes no value of a value's bytes: for changes that are to travel. */
export function leaveEncoded(type: CqlType, bytes: Uint8Array): unknown {
  return { type: type.marshalName(), bytes } satisfies EncodedLeaf;
}

function isLeaf(value: unknown): value is EncodedLeaf {
  return typeof value === 'object' && value !== null && 'type' in value && 'bytes' in value;
}

function decoded(value: unknown): unknown {
  return isLeaf(value) ? parseMarshalType(value.type).decode(value.bytes, 0, value.bytes.length) : value;
}

function namedValues(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decoded(value)]));
}

function boundFromTransfer(bound: ChangeBound | null): ChangeBound | null {
  return bound === null ? null : { ...bound, clustering: namedValues(bound.clustering) };
}

function cellFromTransfer(cell: ChangedCell): ChangedCell {
  return {
    ...cell,
    ...('element' in cell && { element: decoded(cell.element) }),
    ...('value' in cell && { value: decoded(cell.value) }),
  };
}

/** A change whose values were left encoded, with its values. */
export function changeFromTransfer(change: Change): Change {
  return {
    ...change,
    partitionKey: namedValues(change.partitionKey),
    deletedRanges: change.deletedRanges.map(({ from, to, ...rest }) => ({
      ...rest,
      from: boundFromTransfer(from),
      to: boundFromTransfer(to),
    })),
    rows: change.rows.map(({ clustering, cells, ...rest }) => ({
      ...rest,
      clustering: clustering === null ? null : namedValues(clustering),
      cells: cells.map(cellFromTransfer),
    })),
  };
}

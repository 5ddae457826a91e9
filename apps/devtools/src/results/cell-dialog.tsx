import type { ColumnSpec } from '@cassette/client';
import { Dialog } from '../frame/dialog.tsx';
import { plural } from '../text/numbers.ts';
import { cellText, hexdump } from './cell-text.ts';

/** One value in full, and its bytes as Cassandra writes them. */
export function CellDialog(props: {
  readonly column: ColumnSpec;
  readonly row: number;
  readonly bytes: Uint8Array | null;
  readonly onClose: () => void;
}) {
  const { column, row, bytes, onClose } = props;
  return (
    <Dialog title={`${column.name}, row ${row + 1}`} onClose={onClose}>
      <p class="muted">
        <code>{column.type.cqlName()}</code>
        {bytes === null ? ', null' : `, ${plural(bytes.length, 'byte')}`}
      </p>
      <pre class="value">{cellText(column, bytes, 100_000).text}</pre>
      {bytes !== null && bytes.length > 0 && (
        <>
          <h3>The same, as bytes</h3>
          <pre class="hex">{hexdump(bytes)}</pre>
        </>
      )}
    </Dialog>
  );
}
